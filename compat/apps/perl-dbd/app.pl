# A diary on Perl's DBI and DBD::Pg, which prepares on the server by itself and drops by DEALLOCATE.
use strict;
use warnings;
use utf8;
use DBI;
use DBD::Pg qw(:pg_types);
use POSIX ();

binmode STDOUT, ':encoding(UTF-8)';
$| = 1;
my $checks = 0;

sub show { defined $_[0] ? $_[0] : 'undef' }

sub equal {
    my ($actual, $expected, $what) = @_;
    $checks++;
    die sprintf("%s: expected %s, got %s\n", $what, show($expected), show($actual))
        unless show($actual) eq show($expected);
}

sub fails {
    my ($db, $sqlstate, $action, $what) = @_;
    eval { $action->(); 1 } and die "$what: expected SQLSTATE $sqlstate, got no error\n";
    equal($db->state, $sqlstate, $what);
}

sub connection {
    my $db = DBI->connect("dbi:Pg:dbname=$ENV{PGDATABASE};host=$ENV{PGHOST};port=$ENV{PGPORT}", $ENV{PGUSER}, $ENV{PGPASSWORD},
        { RaiseError => 1, PrintError => 0, AutoCommit => 1, pg_enable_utf8 => 1, @_ });
    $db->do("SET TIME ZONE 'Africa/Nairobi'");
    $db->do('SET search_path TO diary, public');
    return $db;
}

sub schema {
    my $db = connection();
    $db->do('SELECT pg_advisory_lock(1)');
    $db->do('CREATE SCHEMA diary');
    $db->do('CREATE TABLE page (id serial PRIMARY KEY, writer text NOT NULL, number int, tags text[], raw bytea,
        written timestamptz DEFAULT now(), UNIQUE (writer, number))');
    equal($db->selectrow_array('SELECT pg_advisory_unlock(1)'), 1, 'the migration lock');
    equal(scalar(() = $db->tables(undef, 'diary', '%', 'TABLE')), 1, 'the tables, as the catalog has them');
    $db->disconnect;
}

sub types {
    my $db = connection();
    my $raw = join '', map { chr } 0 .. 255;
    my $insert = $db->prepare('INSERT INTO page (writer, number, tags, raw, written) VALUES (?, ?, ?, ?, ?) RETURNING id');
    $insert->bind_param(4, undef, { pg_type => PG_BYTEA });
    $insert->execute('Zoë', 1, [ 'a', 'b"c' ], $raw, '2024-02-29 23:59:59.5+00');
    my ($id) = $insert->fetchrow_array;
    equal($db->last_insert_id(undef, 'diary', 'page', undef), $id, 'last_insert_id');
    my $row = $db->selectrow_hashref('SELECT * FROM page WHERE id = ?', undef, $id);
    equal($row->{writer}, 'Zoë', 'text');
    equal(join('|', @{ $row->{tags} }), 'a|b"c', 'text[]');
    equal($row->{raw}, $raw, 'bytea');
    equal($row->{written}, '2024-03-01 02:59:59.5+03', 'timestamptz in the time zone of the session');
    $db->disconnect;
}

sub prepared {
    my $db = connection();
    my $insert = $db->prepare('INSERT INTO page (writer, number) VALUES (?, ?)');
    $insert->execute('many', $_) for 1 .. 60;
    for my $n (1 .. 60) {
        my $select = $db->prepare('SELECT number + ?::int FROM page WHERE writer = ? AND number = ?');
        for my $turn (1 .. 3) {
            $select->execute($turn, 'many', $n);
            equal($select->fetchrow_array, $n + $turn, 'a statement prepared anew');
        }
        $select->finish;
    }
    my $cached = sub { $db->prepare_cached('SELECT count(*) FROM page WHERE writer = ?') };
    for (1 .. 10) {
        my $select = $cached->();
        $select->execute('many');
        equal($select->fetchrow_array, 60, 'a cached statement');
        $select->finish;
    }
    $db->{pg_server_prepare} = 0;
    equal($db->selectrow_array('SELECT ?::int + 1', undef, 41), 42, 'without preparing');
    $db->disconnect;
}

sub transactions {
    my $db = connection(AutoCommit => 0);
    my $insert = $db->prepare('INSERT INTO page (writer, number) VALUES (?, ?)');
    $insert->execute('kept', 1);
    $db->pg_savepoint('here');
    fails($db, '23505', sub { $insert->execute('kept', 1) }, 'unique violation');
    fails($db, '25P02', sub { $db->do('SELECT 1') }, 'a failed transaction');
    $db->pg_rollback_to('here');
    $insert->execute('kept', 2);
    $db->commit;
    $db->do("DELETE FROM page WHERE writer = 'kept'");
    $db->rollback;
    equal($db->selectrow_array("SELECT count(*) FROM page WHERE writer = 'kept'"), 2, 'after the rollback');
    $db->do('DECLARE walk CURSOR FOR SELECT n FROM generate_series(1, 1000) n');
    my $sum = 0;
    while (my $rows = $db->selectcol_arrayref('FETCH 90 FROM walk')) {
        last unless @$rows;
        $sum += $_ for @$rows;
    }
    equal($sum, 500500, 'a cursor');
    $db->commit;
    $db->disconnect;
}

sub copies {
    my $db = connection();
    $db->do('CREATE TEMP TABLE upload (id int, line text)');
    $db->do('COPY upload FROM STDIN');
    $db->pg_putcopydata("$_\tline $_\n") for 1 .. 5000;
    equal($db->pg_putcopyend, 1, 'COPY in');
    $db->do('COPY upload TO STDOUT');
    my ($line, $lines) = ('', 0);
    $lines++ while $db->pg_getcopydata($line) >= 0;
    equal($lines, 5000, 'COPY out');
    equal($db->selectrow_array('SELECT count(*) FROM upload'), 5000, 'the temporary table');
    $db->do('DROP TABLE upload');
    $db->disconnect;
}

sub asynchronous {
    my $db = connection();
    my $statement = $db->prepare('SELECT pg_sleep(30)', { pg_async => PG_ASYNC });
    $statement->execute;
    equal($db->pg_ready, 0, 'a query that runs');
    equal($db->pg_cancel, 1, 'cancel');
    equal($db->selectrow_array('SELECT 1'), 1, 'after the cancel');
    $db->do("SET statement_timeout = '100ms'");
    fails($db, '57014', sub { $db->do('SELECT pg_sleep(30)') }, 'statement_timeout');
    $db->do('RESET statement_timeout');

    my $listener = connection();
    $listener->do('LISTEN diary');
    $db->do("SELECT pg_notify('diary', ?)", undef, $_) for 0 .. 9;
    my @heard;
    for (1 .. 2000) {
        while (my $one = $listener->pg_notifies) { push @heard, $one->[2] }
        last if @heard == 10;
        select undef, undef, undef, 0.01;
    }
    equal(join(' ', @heard), join(' ', 0 .. 9), 'notifications in order');
    $_->disconnect for $listener, $db;
}

sub work {
    my $number = shift;
    my $db = connection(AutoCommit => 0);
    $db->do("SET application_name = 'worker $number'");
    $db->commit;
    my $insert = $db->prepare('INSERT INTO page (writer, number) VALUES (?, ?)');
    my $count = $db->prepare("SELECT count(*), current_setting('application_name') FROM page WHERE writer = ?");
    for my $turn (1 .. 25) {
        $insert->execute("worker $number", $turn);
        $count->execute("worker $number");
        equal(join(' of ', $count->fetchrow_array), "$turn of worker $number", 'a worker sees its own');
        $db->commit;
    }
    undef $insert;
    undef $count;
    $db->disconnect;
}

sub crowd {
    my $workers = $ENV{APP_WORKERS} || 20;
    my @children;
    for my $number (1 .. $workers) {
        my $pid = fork;
        if (!$pid) {
            eval { work($number); 1 } or do { print $@; POSIX::_exit(1) };
            POSIX::_exit(0);
        }
        push @children, $pid;
    }
    my $failed = 0;
    for (@children) { waitpid $_, 0; $failed++ if $? }
    equal($failed, 0, 'workers that failed');
    my $db = connection();
    equal($db->selectrow_array("SELECT count(*) FROM page WHERE writer LIKE 'worker%'"), 25 * $workers, 'what the crowd wrote');
    $db->disconnect;
}

eval {
    for my $part (qw(schema types prepared transactions copies asynchronous crowd)) {
        print "$part\n";
        no strict 'refs';
        &$part();
    }
    1;
} or do {
    (my $error = $@) =~ s/\s+/ /g;
    print "perl-dbd: after $checks checks: $error\n";
    exit 1;
};
print "ok perl-dbd $checks checks\n";
