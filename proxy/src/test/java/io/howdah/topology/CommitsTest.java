package io.howdah.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommitsTest {
  private final Commits commits = new Commits();

  private static CommitPoint point(long covers) {
    WalToken token = new WalToken(1, new Lsn(covers * 100));
    return new CommitPoint(covers, token, new WalToken(1, new Lsn(covers * 100 + 8)), false);
  }

  @Test
  void countsFromOne() {
    assertThat(commits.count()).isZero();
    assertThat(commits.acknowledged(false)).isEqualTo(1);
    assertThat(commits.acknowledged(false)).isEqualTo(2);
    assertThat(commits.count()).isEqualTo(2);
  }

  @Test
  void theEarliestPointBehindACommitIsFound() {
    assertThat(commits.behind(1)).isNull();
    commits.located(point(3));
    commits.located(point(7));
    assertThat(commits.behind(1)).isEqualTo(point(3));
    assertThat(commits.behind(3)).isEqualTo(point(3));
    assertThat(commits.behind(4)).isEqualTo(point(7));
    assertThat(commits.behind(8)).isNull();
  }

  @Test
  void anAnswerThatCoversNoMoreIsNotKept() {
    commits.located(point(7));
    commits.located(point(3));
    assertThat(commits.behind(1)).isEqualTo(point(7));
  }

  @Test
  void oldPointsAreForgotten() {
    for (int i = 1; i <= 1000; i++) {
      commits.located(point(i));
    }
    assertThat(commits.behind(1000)).isEqualTo(point(1000));
    assertThat(commits.behind(990)).isEqualTo(point(990));
    assertThat(commits.behind(1).covers()).isBetween(900L, 1000L);
  }

  @Test
  void oneAsksForAllAndOthersOnlyIfItTakesTooLong() {
    long second = 1_000_000_000;
    assertThat(commits.areOverdue(0)).as("nothing to locate").isFalse();
    commits.acknowledged(false);
    assertThat(commits.areOverdue(0)).isTrue();
    commits.asked(0);
    assertThat(commits.areOverdue(second / 2)).isFalse();
    assertThat(commits.areOverdue(2 * second)).isTrue();
    commits.located(point(1));
    assertThat(commits.areOverdue(2 * second)).isFalse();
    commits.acknowledged(false);
    assertThat(commits.areOverdue(2 * second)).as("the answer came before it").isTrue();
  }

  @Test
  void anUnflushedCommitNeedsTheInsertPosition() {
    assertThat(point(1).token(false)).hasToString("1:0/64");
    assertThat(point(1).token(true)).hasToString("1:0/6C");
    CommitPoint asynchronous = new CommitPoint(1, point(1).flushed(), point(1).inserted(), true);
    assertThat(asynchronous.token(false)).hasToString("1:0/6C");
    assertThat(commits.mayBeUnflushed()).isFalse();
    commits.acknowledged(true);
    commits.acknowledged(false);
    assertThat(commits.mayBeUnflushed()).isTrue();
  }
}
