# frozen_string_literal: true

# What the applications in Ruby check with: the first difference ends the program.
class Checks
  attr_reader :count

  def initialize
    @count = 0
    @lock = Mutex.new
  end

  def equal(actual, expected, what)
    @lock.synchronize { @count += 1 }
    raise "#{what}: expected #{expected.inspect}, got #{actual.inspect}" unless actual == expected
  end

  # The block must raise an error with the SQLSTATE.
  def fails(sqlstate, what)
    begin
      yield
    rescue StandardError => e
      source = e.respond_to?(:result) && e.result ? e : e.cause
      state = source&.result&.error_field(PG::Result::PG_DIAG_SQLSTATE) if source.respond_to?(:result)
      equal(state, sqlstate, "#{what} (#{e.message})")
      return e
    end
    raise "#{what}: expected SQLSTATE #{sqlstate}, got no error"
  end

  def self.run(name)
    checks = new
    $stdout.sync = true
    yield checks
    puts "ok #{name} #{checks.count} checks"
  rescue StandardError => e
    puts e.full_message(highlight: false)
    puts "#{name}: after #{checks.count} checks: #{e.message.tr("\n", ' ')}"
    exit!(1)
  end
end

WORKERS = Integer(ENV.fetch('APP_WORKERS', '20'))
