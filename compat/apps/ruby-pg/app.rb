# frozen_string_literal: true

# A weather station on Ruby's pg: prepared statements, pipelines, COPY with its encoders, notifications.
require 'pg'
require 'stringio'
require_relative '../../check/check'

def connect(**options)
  db = PG.connect(**options)
  db.type_map_for_results = PG::BasicTypeMapForResults.new(db)
  db
end

def value(db, sql, values = [])
  db.exec_params(sql, values).getvalue(0, 0)
end

Checks.run('ruby-pg') do |c|
  db = connect(application_name: 'weather', options: '-c timezone=Australia/Sydney')
  db.exec('SELECT pg_advisory_lock(42)')
  db.exec('CREATE TABLE reading (id bigserial PRIMARY KEY, station text NOT NULL, at timestamptz NOT NULL DEFAULT now(),
           values float8[], raw bytea, meta jsonb, turn int, UNIQUE (station, turn))')
  c.equal(value(db, 'SELECT pg_advisory_unlock(42)'), true, 'the migration lock')

  raw = (0..255).to_a.pack('C*')
  db.exec_params('INSERT INTO reading (station, at, values, raw, meta) VALUES ($1, $2, $3, $4, $5)',
                 ['Zürich', '2024-02-29T23:59:59.5Z', '{1.5,NULL}', { value: raw, format: 1 }, '{"k": [1]}'])
  row = db.exec("SELECT * FROM reading WHERE station = 'Zürich'").first
  c.equal(row['values'], [1.5, nil], 'float8[]')
  c.equal(row['raw'].b, raw, 'bytea')
  c.equal(row['meta'], { 'k' => [1] }, 'jsonb')
  c.equal(row['at'].utc_offset, 11 * 3600, 'timestamptz in the time zone at connect')
  5.times do
    c.equal(value(db, 'SHOW application_name'), 'weather', 'application_name')
    c.equal(value(db, 'SHOW timezone'), 'Australia/Sydney', 'the time zone')
  end

  db.prepare('put', 'INSERT INTO reading (station, turn) VALUES ($1, $2) RETURNING turn')
  60.times { |n| c.equal(db.exec_prepared('put', ['many', n]).getvalue(0, 0), n, 'a prepared statement') }
  c.fails('42P05', 'the same name twice') { db.prepare('put', 'SELECT 1') }
  db.exec('DEALLOCATE put')
  c.fails('26000', 'a statement that is gone') { db.exec_prepared('put', ['many', 100]) }
  db.prepare('put', 'INSERT INTO reading (station, turn) VALUES ($1, $2) RETURNING turn')
  c.equal(db.exec_prepared('put', ['many', 100]).getvalue(0, 0), 100, 'the name again')
  c.equal(db.describe_prepared('put').nparams, 2, 'its parameters')

  db.transaction do |t|
    t.exec_prepared('put', ['kept', 1])
    t.exec('SAVEPOINT s')
    c.fails('23505', 'unique violation') { t.exec_prepared('put', ['kept', 1]) }
    t.exec('ROLLBACK TO s')
  end
  begin
    db.transaction do |t|
      t.exec("DELETE FROM reading WHERE station = 'kept'")
      raise 'on purpose'
    end
  rescue RuntimeError => e
    c.equal(e.message, 'on purpose', 'rollback')
  end
  c.equal(value(db, "SELECT count(*) FROM reading WHERE station = 'kept'"), 1, 'after the rollback')

  db.enter_pipeline_mode
  db.pipeline_sync
  100.times { |n| db.send_query_params('SELECT $1::int', [n]) }
  db.pipeline_sync
  sum = 0
  syncs = 0
  while syncs < 2
    result = db.get_result or next
    syncs += 1 if result.result_status == PG::PGRES_PIPELINE_SYNC
    sum += result.getvalue(0, 0).to_i if result.result_status == PG::PGRES_TUPLES_OK
  end
  db.exit_pipeline_mode
  c.equal(sum, 4950, 'a pipeline')

  encoder = PG::TextEncoder::CopyRow.new
  db.exec('CREATE TEMP TABLE upload (id int, line text)')
  db.copy_data('COPY upload FROM STDIN', encoder) { 5000.times { |n| db.put_copy_data([n.to_s, "line\t#{n}"]) } }
  lines = 0
  db.copy_data('COPY upload TO STDOUT') { lines += 1 while db.get_copy_data }
  c.equal(lines, 5000, 'COPY both ways')
  begin
    db.copy_data('COPY upload FROM STDIN', encoder) { raise 'gave up' }
  rescue RuntimeError => e
    c.equal(e.message, 'gave up', 'a COPY given up')
  end
  c.equal(value(db, 'SELECT count(*) FROM upload'), 5000, 'the temporary table')
  db.send_query('SELECT generate_series(1, 5000) AS n')
  db.set_single_row_mode
  c.equal(db.get_result.stream_each.sum { |one| one['n'] }, 12_502_500, 'row by row')
  nil while db.get_result

  listener = connect
  listener.exec('LISTEN weather')
  10.times { |n| db.exec_params("SELECT pg_notify('weather', $1)", [n.to_s]) }
  heard = []
  while heard.size < 10 && listener.wait_for_notify(20) { |_, _, payload| heard << payload }
    next
  end
  c.equal(heard, (0..9).map(&:to_s), 'notifications in order')
  listener.close

  db.send_query('SELECT pg_sleep(30)')
  sleep 0.3
  c.equal(db.cancel, nil, 'cancel')
  c.fails('57014', 'a cancelled query') { db.get_last_result }
  db.exec("SET statement_timeout = '100ms'")
  c.fails('57014', 'statement_timeout') { db.exec('SELECT pg_sleep(30)') }
  db.exec('RESET ALL')
  c.equal(value(db, 'SHOW statement_timeout'), '0', 'RESET ALL')
  c.equal(value(db, 'SHOW timezone'), 'Australia/Sydney', 'what the connection began with')
  db.exec('DISCARD ALL')
  c.fails('26000', 'a statement after DISCARD ALL') { db.exec_prepared('put', ['many', 101]) }
  db.reset
  c.equal(value(db, 'SELECT 1'), 1, 'a connection begun anew')

  threads = WORKERS.times.map do |number|
    Thread.new do
      own = connect(application_name: "worker #{number}")
      own.prepare('put', 'INSERT INTO reading (station, turn) VALUES ($1, $2)')
      25.times do |turn|
        own.transaction do
          own.exec_prepared('put', ["worker #{number}", turn])
          seen = own.exec_params("SELECT count(*), current_setting('application_name') FROM reading WHERE station = $1",
                                 ["worker #{number}"]).values.first
          c.equal(seen, [turn + 1, "worker #{number}"], 'a worker sees its own')
        end
      end
      own.close
    end
  end
  threads.each { |thread| thread.report_on_exception = false }
  threads.each(&:join)
  c.equal(value(db, "SELECT count(*) FROM reading WHERE station LIKE 'worker%'"), 25 * WORKERS, 'what the crowd wrote')
  db.close
end
