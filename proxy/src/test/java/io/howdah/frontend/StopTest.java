package io.howdah.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.howdah.wire.FrameHandler.Verdict;
import io.netty.channel.ChannelConfig;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nobody stops a client's reader but by way of {@link ClientInput}, which wants a reason. */
class StopTest {
  private static final JavaClasses PROXY =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.howdah");

  private static Stream<String> whoAccesses(Class<?> owner, String member) {
    return PROXY.stream()
        // Where frames are cut what is said here is done.
        .filter(c -> !c.getPackageName().equals("io.howdah.wire"))
        .flatMap(c -> c.getAccessesFromSelf().stream())
        .filter(
            a -> a.getTargetOwner().isAssignableTo(owner) && a.getTarget().getName().equals(member))
        .map(JavaAccess::getOrigin)
        .map(origin -> origin.getOwner().getSimpleName() + "." + origin.getName())
        .distinct();
  }

  @Test
  void onlyOneMethodStopsAReader() {
    assertThat(whoAccesses(Verdict.class, "STOP")).containsExactly("ClientInput.stop");
  }

  @Test
  void onlyOneMethodReadsNoMoreOfAClient() {
    assertThat(whoAccesses(ChannelConfig.class, "setAutoRead"))
        .containsExactlyInAnyOrder(
            "ClientInput.holdBack",
            "ClientInput.letSend",
            // Of servers.
            "AttachedTurn.clientWritable",
            "ReplicationPhase.clientWritable",
            "ReplicationConnection.finish",
            "ServerConnection.detach");
  }
}
