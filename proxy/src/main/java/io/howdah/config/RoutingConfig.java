package io.howdah.config;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which node serves what.
 *
 * @param splitReads whether read-only statements outside a transaction go to replicas
 * @param zone where this Howdah is: of the replicas those of the same zone are preferred; empty for
 *     no preference
 * @param maxLagBytes a replica further behind in WAL takes no reads; 0 for no limit
 * @param maxLag a replica further behind in time takes no reads; 0 for no limit
 * @param readsOnPrimary when the primary takes part in reads
 * @param maxScannedBytes longer statements are not looked at and go to the primary
 * @param cacheEntries statements whose class is remembered, an event loop
 * @param catalogRefresh how often the functions of a database are read again; 0 for never at all
 * @param maxReplayedBytes longer requests are never sent a second time; 0 for none at all
 * @param causalReads which commits a read on a replica is certain to see
 * @param causalWait how long a read waits for a replica that has what it must see, before the
 *     primary serves it; 0 for not at all
 * @param lazyBegin whether a transaction gets its server connection with its first statement, not
 *     with its BEGIN
 */
public record RoutingConfig(
    SplitReads splitReads,
    Optional<String> zone,
    long maxLagBytes,
    Duration maxLag,
    ReadsOnPrimary readsOnPrimary,
    int maxScannedBytes,
    int cacheEntries,
    Duration catalogRefresh,
    int maxReplayedBytes,
    CausalReads causalReads,
    Duration causalWait,
    boolean lazyBegin) {

  /** When the primary takes part in reads. */
  public enum ReadsOnPrimary {
    /** Never: without a replica that is fresh enough, reads wait and then fail. */
    NEVER,
    /** Only when no replica is fresh enough. */
    FALLBACK,
    /** Always, as one more reader. */
    ALWAYS
  }

  /** The defaults of the reference configuration. */
  public static final RoutingConfig DEFAULT =
      new RoutingConfig(
          SplitReads.TRUE,
          Optional.empty(),
          16L << 20,
          Duration.ofSeconds(10),
          ReadsOnPrimary.FALLBACK,
          256 << 10,
          4096,
          Duration.ofMinutes(1),
          64 << 10,
          CausalReads.SESSION,
          Duration.ofMillis(20),
          false);

  /** The same but for what {@code change} sets. */
  public RoutingConfig with(Consumer<Change> change) {
    Change changed = new Change(this);
    change.accept(changed);
    return changed.done();
  }

  void validate(String key, Faults faults) {
    faults.range(key + ".max-lag-bytes", maxLagBytes, 0, Long.MAX_VALUE);
    faults.zeroOrMore(key + ".max-lag", maxLag);
    faults.range(key + ".max-scanned-bytes", maxScannedBytes, 1024, 16 << 20);
    faults.range(key + ".cache-entries", cacheEntries, 0, 1 << 20);
    faults.zeroOrMore(key + ".catalog-refresh", catalogRefresh);
    faults.range(key + ".max-replayed-bytes", maxReplayedBytes, 0, 1 << 20);
    faults.zeroOrMore(key + ".causal-wait", causalWait);
  }

  /** The components, to be set in {@link #with}. */
  public static final class Change {
    public SplitReads splitReads;
    public Optional<String> zone;
    public long maxLagBytes;
    public Duration maxLag;
    public ReadsOnPrimary readsOnPrimary;
    public int maxScannedBytes;
    public int cacheEntries;
    public Duration catalogRefresh;
    public int maxReplayedBytes;
    public CausalReads causalReads;
    public Duration causalWait;
    public boolean lazyBegin;

    private Change(RoutingConfig from) {
      splitReads = from.splitReads;
      zone = from.zone;
      maxLagBytes = from.maxLagBytes;
      maxLag = from.maxLag;
      readsOnPrimary = from.readsOnPrimary;
      maxScannedBytes = from.maxScannedBytes;
      cacheEntries = from.cacheEntries;
      catalogRefresh = from.catalogRefresh;
      maxReplayedBytes = from.maxReplayedBytes;
      causalReads = from.causalReads;
      causalWait = from.causalWait;
      lazyBegin = from.lazyBegin;
    }

    private RoutingConfig done() {
      return new RoutingConfig(
          splitReads,
          zone,
          maxLagBytes,
          maxLag,
          readsOnPrimary,
          maxScannedBytes,
          cacheEntries,
          catalogRefresh,
          maxReplayedBytes,
          causalReads,
          causalWait,
          lazyBegin);
    }
  }
}
