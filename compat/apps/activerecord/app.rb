# frozen_string_literal: true

# A forum on ActiveRecord as Rails uses it: migrations behind an advisory lock, prepared statements,
# nested transactions, batches, and a pool of threads.
require 'active_record'
require_relative '../../check/check'

CONNECTION = {
  adapter: 'postgresql', host: ENV['PGHOST'], port: ENV['PGPORT'], username: ENV['PGUSER'], password: ENV['PGPASSWORD'],
  database: ENV['PGDATABASE'], pool: WORKERS, checkout_timeout: 60, schema_search_path: 'forum,public',
  variables: { statement_timeout: '60s', lock_timeout: '30s' }
}.freeze

class CreateForum < ActiveRecord::Migration[6.1]
  def change
    reversible { |way| way.up { execute 'CREATE SCHEMA forum' } }
    create_table :members do |t|
      t.string :name, null: false, index: { unique: true }
      t.jsonb :settings, default: {}
      t.text :tags, array: true, default: []
      t.binary :avatar
      t.decimal :credit, precision: 10, scale: 2, default: 0
      t.integer :posts_count, default: 0
      t.integer :lock_version, default: 0
      t.column :seen, 'timestamptz'
      t.timestamps
    end
    create_table :posts, id: :uuid, default: -> { 'gen_random_uuid()' } do |t|
      t.references :member, null: false, foreign_key: true
      t.text :body
      t.daterange :valid_on
      t.timestamps
    end
  end
end

class AddTitle < ActiveRecord::Migration[6.1]
  disable_ddl_transaction!

  def change
    add_column :posts, :title, :string, default: 'untitled'
    add_index :posts, :title, algorithm: :concurrently
  end
end

class Member < ActiveRecord::Base
  has_many :posts, dependent: :destroy
  validates :name, presence: true
end

class Post < ActiveRecord::Base
  belongs_to :member, counter_cache: true
end

# The migrations of the files of a Rails application, here without files.
class Migrations < ActiveRecord::MigrationContext
  LIST = [[CreateForum, 1], [AddTitle, 2]].freeze

  def initialize
    super([], ActiveRecord::SchemaMigration)
  end

  def migrations
    LIST.map { |type, version| type.new(type.name, version) }
  end
end

def crud(c)
  seen = Time.utc(2024, 2, 29, 23, 59, 59.123456r)
  avatar = (0..255).to_a.pack('C*')
  made = Member.create!(name: 'Zoë', settings: { 'k' => [1, nil] }, tags: ['a', 'b"c'], avatar: avatar, credit: '12.5', seen: seen)
  found = Member.find_by!(name: 'Zoë')
  c.equal(found.settings, { 'k' => [1, nil] }, 'jsonb')
  c.equal(found.tags, ['a', 'b"c'], 'text[]')
  c.equal(found.avatar, avatar, 'bytea')
  c.equal(found.credit, BigDecimal('12.5'), 'numeric')
  c.equal(found.seen, seen, 'timestamptz')
  post = found.posts.create!(body: 'hello', valid_on: Date.new(2024, 1, 1)...Date.new(2024, 2, 1))
  c.equal([post.reload.title, post.valid_on.count], ['untitled', 31], 'a default and a range')
  c.equal(made.reload.posts_count, 1, 'a counter')
  Post.insert_all!(Array.new(500) { |n| { member_id: made.id, body: "bulk #{n}", created_at: seen, updated_at: seen } })
  c.equal(Post.where('body LIKE ?', 'bulk %').in_batches(of: 90).sum { |batch| batch.count }, 500, 'batches')
  Member.upsert({ name: 'Zoë', credit: 1, created_at: seen, updated_at: seen }, unique_by: :name)
  c.equal(Member.where(name: 'Zoë').pick(:credit), BigDecimal(1), 'upsert')
  # Prepared once, run often; and more texts than one.
  40.times { |n| c.equal(Post.where(body: "bulk #{n}").joins(:member).pluck('members.name'), ['Zoë'], 'a query again and again') }
  c.equal(Member.includes(:posts).find(made.id).posts.size, 501, 'includes')
  c.equal(Post.where(member: made).limit(10).offset(20).order(:body).ids.size, 10, 'a page')
  stale = Member.find(made.id)
  made.reload.update!(tags: [])
  begin
    stale.update!(tags: ['x'])
  rescue ActiveRecord::StaleObjectError
    c.equal(Member.find(made.id).tags, [], 'a stale object')
  end
end

def transactions(c)
  c.fails('23505', 'unique violation') { Member.insert_all!([{ name: 'Zoë', created_at: Time.now, updated_at: Time.now }]) }
  Member.transaction do
    Member.create!(name: 'outer')
    Member.transaction(requires_new: true) do
      Member.create!(name: 'inner')
      Member.create!(name: 'outer')
    end
  rescue ActiveRecord::RecordNotUnique
    c.equal(Member.where(name: %w[outer inner]).pluck(:name), ['outer'], 'after the savepoint')
  end
  Member.transaction do
    Member.find_by!(name: 'outer').lock!.destroy!
    raise ActiveRecord::Rollback
  end
  c.equal(Member.exists?(name: 'outer'), true, 'after the rollback')
  Member.transaction(isolation: :serializable) do
    c.equal(Member.connection.select_value('SHOW transaction_isolation'), 'serializable', 'isolation level')
  end
end

# Rails notices a changed table: it drops its prepared statement and prepares anew.
def schema_change(c)
  db = Member.connection
  5.times { c.equal(Member.where(name: 'Zoë').first.name, 'Zoë', 'before the change') }
  db.add_column :members, :nick, :string, default: 'none'
  5.times { c.equal(Member.where(name: 'Zoë').first.name, 'Zoë', 'after the change') }
  Member.reset_column_information
  c.equal(Member.where(name: 'Zoë').first.nick, 'none', 'the new column')
  db.remove_column :members, :nick
  Member.reset_column_information
  c.equal(Member.where(name: 'Zoë').first.respond_to?(:nick), false, 'without the column')
end

def settings(c)
  db = Member.connection
  c.equal(db.select_value('SHOW search_path'), 'forum, public', 'search_path at connect')
  c.equal(db.select_value('SHOW statement_timeout'), '1min', 'a variable at connect')
  c.equal(db.select_value('SHOW standard_conforming_strings'), 'on', 'what the adapter sets')
  c.equal(db.select_value('SHOW timezone'), 'UTC', 'the time zone that the adapter sets')
  c.equal(db.get_advisory_lock(7), true, 'an advisory lock')
  c.equal(db.release_advisory_lock(7), true, 'let go')
  db.execute('CREATE TEMPORARY TABLE scratch AS SELECT 1 AS one')
  c.equal(db.select_value('SELECT one FROM scratch'), 1, 'a temporary table')
  db.execute('DROP TABLE scratch')
  db.reconnect!
  c.equal(db.select_value('SHOW lock_timeout'), '30s', 'after reconnect!')
  db.reset!
  c.equal(db.select_value('SHOW lock_timeout'), '30s', 'after reset!, which discards all and sets again')
  c.equal(Member.where(name: 'Zoë').count, 1, 'a prepared statement after reset!')
end

def crowd(c)
  threads = WORKERS.times.map do |number|
    Thread.new do
      10.times do |turn|
        ActiveRecord::Base.connection_pool.with_connection do
          Member.transaction do
            member = Member.find_or_create_by!(name: "worker #{number}")
            member.posts.create!(body: "turn #{turn}")
            c.equal(Post.where(member: member).count, turn + 1, 'a worker sees its own posts')
          end
        end
      end
    end
  end
  threads.each { |thread| thread.report_on_exception = false }
  threads.each(&:join)
  c.equal(Post.where("body LIKE 'turn %'").count, WORKERS * 10, 'what the crowd wrote')
end

Checks.run('activerecord') do |c|
  ActiveRecord::Base.establish_connection(CONNECTION)
  ActiveRecord::Migration.verbose = false
  migrations = Migrations.new
  migrations.migrate
  c.equal(migrations.current_version, 2, 'migrations')
  migrations.rollback(1)
  migrations.migrate
  c.equal(migrations.needs_migration?, false, 'migrated again')
  [Member, Post].each(&:reset_column_information)
  %i[crud transactions schema_change settings crowd].each do |part|
    puts part
    send(part, c)
  end
  ActiveRecord::Base.connection_pool.disconnect!
end
