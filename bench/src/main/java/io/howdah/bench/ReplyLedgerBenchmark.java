package io.howdah.bench;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.backend.ledger.ReplyLedger.Verdict;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What is owed, and the reply to it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReplyLedgerBenchmark {
  private final ReplyLedger ledger = new ReplyLedger();

  /** A simple query that answers one row. */
  @Benchmark
  public Verdict query() {
    ledger.expect(Entry.QUERY, Fate.FORWARD);
    ledger.reply((byte) 'T');
    ledger.reply((byte) 'D');
    ledger.reply((byte) 'C');
    return ledger.ready((byte) 'I');
  }

  /** Bind, Describe, Execute, Sync. */
  @Benchmark
  public Verdict extended() {
    ledger.expect(Entry.BIND, Fate.FORWARD);
    ledger.expect(Entry.DESCRIBE_PORTAL, Fate.FORWARD);
    ledger.expect(Entry.EXECUTE, Fate.FORWARD);
    ledger.expect(Entry.SYNC, Fate.FORWARD);
    ledger.reply((byte) '2');
    ledger.reply((byte) 'T');
    ledger.reply((byte) 'D');
    ledger.reply((byte) 'C');
    return ledger.ready((byte) 'I');
  }
}
