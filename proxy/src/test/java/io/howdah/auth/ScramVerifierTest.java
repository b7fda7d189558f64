package io.howdah.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramVerifierTest {
  /** Made of RFC 7677's salt and password "pencil". */
  private static final String PENCIL =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
          + ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  @Test
  void textRoundTrip() {
    ScramVerifier verifier = ScramVerifier.parse(PENCIL);
    assertThat(verifier.text()).isEqualTo(PENCIL);
    assertThat(verifier)
        .isEqualTo(
            ScramVerifier.derive(
                "pencil", Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096));
  }

  @Test
  void showsNoSecret() {
    assertThat(ScramVerifier.parse(PENCIL).toString()).isEqualTo("ScramVerifier[iterations=4096]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "SCRAM-SHA-256$",
        "SCRAM-SHA-256$4096:c2VjcmV0",
        "SCRAM-SHA-256$4096:c2VjcmV0$c2VjcmV0:c2VjcmV0",
        "SCRAM-SHA-256$0:c2VjcmV0$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "SCRAM-SHA-256$-1:c2VjcmV0$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "SCRAM-SHA-256$secret:c2VjcmV0$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "SCRAM-SHA-256$4096:$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "SCRAM-SHA-256$4096:se cret$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "SCRAM-SHA-256$4096:c2VjcmV0$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=$",
      })
  void faultyText(String text) {
    assertThatThrownBy(() -> ScramVerifier.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("c2VjcmV0");
  }

  @Test
  void md5IsPostgreSqls() {
    String hash = Md5Password.hash("secret", "alice");
    assertThat(hash).isEqualTo("md54a0a68b43b6cd5cf266fa02f196e2371");
    assertThat(Md5Password.isHash(hash)).isTrue();
    byte[] salt = {1, 2, 3, 4};
    String answer = Md5Password.answer(hash, salt);
    assertThat(Md5Password.verify(hash, salt, answer)).isTrue();
    assertThat(Md5Password.verify(hash, new byte[] {1, 2, 3, 5}, answer)).isFalse();
    assertThat(Md5Password.verify(hash, salt, "")).isFalse();
    assertThat(Md5Password.isHash("md5short")).isFalse();
    assertThat(Md5Password.isHash(hash.replace(hash.charAt(5), 'g'))).isFalse();
  }
}
