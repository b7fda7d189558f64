<?php
// What the applications in PHP check with: the first difference ends the program.
declare(strict_types=1);
error_reporting(E_ALL);

final class Checks
{
    public int $count = 0;

    public function equal(mixed $actual, mixed $expected, string $what): void
    {
        $this->count++;
        if ($actual !== $expected) {
            throw new Exception("$what: expected " . json_encode($expected) . ', got ' . json_encode($actual));
        }
    }

    /** Runs the action, which must throw an exception whose code is the SQLSTATE. */
    public function fails(string $sqlstate, callable $action, string $what): void
    {
        try {
            $action();
        } catch (PDOException $e) {
            $this->equal((string) $e->getCode(), $sqlstate, "$what ({$e->getMessage()})");
            return;
        }
        throw new Exception("$what: expected SQLSTATE $sqlstate, got no error");
    }
}

function workers(): int
{
    return (int) (getenv('APP_WORKERS') ?: '20');
}

/** Runs the program again as so many processes at a time, each told its number; returns their output where one failed. */
function crowd(string $program, int $workers): array
{
    $running = $problems = [];
    for ($n = 0; $n < $workers; $n++) {
        $running[$n] = proc_open([PHP_BINARY, $program, (string) $n], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
        $outputs[$n] = $pipes[1];
    }
    foreach ($running as $n => $process) {
        $output = stream_get_contents($outputs[$n]);
        if (proc_close($process) !== 0) {
            $problems[] = "worker $n: $output";
        }
    }
    return $problems;
}

function run(string $name, callable $main): never
{
    $checks = new Checks();
    try {
        $main($checks);
    } catch (Throwable $e) {
        echo $e, "\n", "$name: after {$checks->count} checks: ", str_replace("\n", ' ', $e->getMessage()), "\n";
        exit(1);
    }
    echo "ok $name {$checks->count} checks\n";
    exit(0);
}
