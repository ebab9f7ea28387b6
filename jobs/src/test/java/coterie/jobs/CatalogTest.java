package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.jobs.lake.CatalogAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTest {

  @TempDir private Path folder;

  @Test
  void anotherLakeThanALocalOneNeedsACatalog() {
    var refused = Coterie.run("analyze", "--lake", "hdfs://name-node/lake");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith(
            "error: the lake 'hdfs://name-node/lake' is not a local folder, and no --catalog")
        .contains("--catalog jdbc:postgresql://HOST/DATABASE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://host/db?user=me&password=secret",
        "jdbc:postgresql://me:secret@host/db"
      })
  void aPasswordInTheAddressIsRefusedAndNotRepeated(String address) {
    var refused = Coterie.run("analyze", "--lake", "lake", "--catalog", address);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("COTERIE_CATALOG_PASSWORD").doesNotContain("secret");
  }

  @Test
  void credentialsComeFromAFileOrTheEnvironment() throws IOException {
    var file = folder.resolve("catalog.properties");
    Files.writeString(file, "type=jdbc\nuri=jdbc:postgresql://host/db\njdbc.user=me\n");
    var address =
        CatalogAddress.parse(file.toString(), Map.of("COTERIE_CATALOG_PASSWORD", "secret"));
    assertThat(address.uri()).isEqualTo("jdbc:postgresql://host/db");
    assertThat(address.options())
        .containsExactly(Map.entry("jdbc.password", "secret"), Map.entry("jdbc.user", "me"));
    assertThat(address).hasToString("jdbc:postgresql://host/db");
  }

  @Test
  void otherKindsOfCatalogsAreRefusedByName() throws IOException {
    var file = folder.resolve("catalog.properties");
    Files.writeString(file, "type=rest\nuri=http://host\n");
    assertThatThrownBy(() -> CatalogAddress.parse(file.toString(), Map.of()))
        .hasMessageContaining("is of type rest");
  }
}
