-- Writes src/main/resources/io/howdah/route/function/functions.txt: every function of a PostgreSQL server's own
-- schemas with what a call means for routing. Run it on a freshly initialised PostgreSQL 18 without extensions:
--   psql -XAtq -F ' ' -d postgres -f proxy/src/main/sql/functions.sql > proxy/src/main/resources/io/howdah/route/function/functions.txt
-- A name alone is a read. The words after a name are those of io.howdah.route.function.Verdict in lower case.
-- Immutable and stable functions are reads, volatile ones act, but for the names said here.
-- Of overloads the strictest counts, because a name is looked up without its arguments.
-- A type's name in place of a function's is a cast, and reads.
with said(verdict, names) as (values
  -- Volatile by the catalog, yet a replica answers as well as the primary.
  ('read', 'clock_timestamp timeofday random random_normal gen_random_uuid uuidv4 uuidv7 pg_sleep pg_sleep_for
    pg_sleep_until current_query array_sample array_shuffle pg_is_in_recovery pg_database_size pg_indexes_size
    pg_relation_size pg_table_size pg_tablespace_size pg_total_relation_size pg_collation_actual_version
    pg_database_collation_actual_version pg_control_checkpoint pg_control_init pg_control_recovery pg_control_system
    pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_get_wal_replay_pause_state
    pg_is_wal_replay_paused pg_lock_status pg_blocking_pids pg_safe_snapshot_blocking_pids pg_get_aios
    pg_get_backend_memory_contexts pg_get_loaded_modules pg_get_shmem_allocations pg_get_shmem_allocations_numa
    pg_get_wait_events pg_get_wal_resource_managers pg_get_wal_summarizer_state pg_available_wal_summaries
    pg_wal_summary_contents pg_hba_file_rules pg_ident_file_mappings pg_jit_available pg_ls_archive_statusdir
    pg_ls_dir pg_ls_logdir pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_summariesdir
    pg_ls_tmpdir pg_ls_waldir pg_read_file pg_read_binary_file pg_stat_file pg_current_logfile
    pg_partition_ancestors pg_partition_tree pg_prepared_xact pg_sequence_last_value pg_get_sequence_data
    pg_show_all_file_settings pg_show_replication_origin_status pg_stat_get_backend_io pg_stat_get_backend_wal
    pg_stat_get_io pg_stat_get_recovery_prefetch pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit
    pg_stat_get_xact_function_calls pg_stat_get_xact_function_self_time pg_stat_get_xact_function_total_time
    pg_stat_get_xact_numscans pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched
    pg_stat_get_xact_tuples_hot_updated pg_stat_get_xact_tuples_inserted pg_stat_get_xact_tuples_newpage_updated
    pg_stat_get_xact_tuples_returned pg_stat_get_xact_tuples_updated pg_stat_have_stats pg_xact_commit_timestamp
    pg_xact_commit_timestamp_origin pg_get_multixact_members pg_notification_queue_usage amvalidate
    pg_isolation_test_session_is_blocked bernoulli system pg_stat_clear_snapshot currtid2 lo_get'),
  -- Fail during recovery, whatever the catalog says of their volatility.
  ('refused', 'txid_current pg_current_xact_id pg_current_wal_lsn pg_current_wal_insert_lsn
    pg_current_wal_flush_lsn pg_walfile_name pg_walfile_name_offset pg_switch_wal pg_create_restore_point
    lo_creat lo_create lo_import lo_from_bytea lo_put lowrite lo_truncate lo_truncate64 lo_unlink
    brin_desummarize_range brin_summarize_new_values brin_summarize_range gin_clean_pending_list
    pg_log_standby_snapshot pg_import_system_collations'),
  -- Some of these are not volatile by the catalog, yet they run text as SQL or belong to a session.
  ('runs_sql', 'query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml cursor_to_xmlschema
    ts_stat ts_rewrite'),
  ('session_lock', 'pg_advisory_lock pg_advisory_lock_shared pg_try_advisory_lock pg_try_advisory_lock_shared'),
  ('session_unlock', 'pg_advisory_unlock pg_advisory_unlock_shared pg_advisory_unlock_all'),
  ('setting', 'set_config'),
  ('sequence', 'nextval setval'),
  ('sequence_state', 'currval lastval'),
  ('notifies', 'pg_notify'),
  ('channels', 'pg_listening_channels'),
  ('random_seed', 'setseed'),
  ('session_state', 'pg_replication_origin_session_setup pg_replication_origin_session_reset')
), exceptions as (
  select n as name, min(verdict) as verdict from said, regexp_split_to_table(names, '\s+') as n group by n
), named as (
  select case pronamespace when 'pg_catalog'::regnamespace then '' else 'information_schema.' end as schema,
         proname::text as name, bool_or(provolatile = 'v') as volatile
  from pg_proc where pronamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  group by 1, 2
  union all
  select '', typname, false
  from pg_type where typnamespace = 'pg_catalog'::regnamespace and typtype in ('b', 'r', 'm') and typcategory <> 'A'
    and not exists (select from pg_proc where pronamespace = typnamespace and proname = typname)
)
select line from (
  select 0 as part, '# Written by src/main/sql/functions.sql from PostgreSQL '
    || current_setting('server_version_num')::int / 10000 || '. Change that query, not this file.' as line
  union all
  select 1, schema || name || case verdict when 'read' then '' else ' ' || verdict end
  from (select schema, name, coalesce(e.verdict, case when volatile then 'acts' else 'read' end) as verdict
        from named left join exceptions e using (name)) as v
) as lines order by part, line collate "C";
