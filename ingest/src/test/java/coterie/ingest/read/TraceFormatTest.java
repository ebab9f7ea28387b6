package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class TraceFormatTest {

  @Test
  void tellsFormatsByTheirContent() throws IOException {
    assertThat(detect("{\"choices\": []}")).contains(TraceFormat.VLLM);
    assertThat(detect("{\"meta_info\": {}}")).contains(TraceFormat.SGLANG);
    assertThat(detect("{\"choices\": [], \"sglext\": {}}")).contains(TraceFormat.SGLANG);
    assertThat(TraceFormat.detect(new ByteArrayInputStream(npz()))).contains(TraceFormat.NPZ);
    assertThat(detect("{\"request_id\": 1, \"position\": 0, \"layer\": 0, \"topk_ids\": [1]}"))
        .contains(TraceFormat.JSON_ROWS);
    assertThat(detect("layer,token,request,expert_0\n0,0,a,1\n")).contains(TraceFormat.CSV);
    assertThat(detect("PAR1....")).contains(TraceFormat.PARQUET);
    assertThat(detect("{\n  \"row_index\": 1,\n  \"original_prompt\": \"\","))
        .contains(TraceFormat.EXPERT_FINGERPRINTING);
  }

  @Test
  void looksPastABrokenFirstLine() throws IOException {
    assertThat(detect("{\"choi\n\n{\"meta_info\": {}}")).contains(TraceFormat.SGLANG);
  }

  @Test
  void saysNothingOfWhatItDoesNotKnow() throws IOException {
    assertThat(detect("")).isEmpty();
    assertThat(detect("# Real routing traces\n\nThey stay here.")).isEmpty();
    assertThat(detect("{\"unrelated\": 1}")).isEmpty();
    assertThat(detect("{\"request\": 1, \"token\": 0, \"layer\": 0}")).isEmpty();
    assertThat(detect("label,count_0,count_1\n0,1,2\n")).isEmpty();
    assertThat(detect("layer,expert\n0,1\n")).isEmpty();
    assertThat(detect("42")).isEmpty();
  }

  @Test
  void gzipIsToldByContentToo() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write("{\"choices\": []}".getBytes(StandardCharsets.UTF_8));
    }
    var content = TraceInput.decompress(new ByteArrayInputStream(packed.toByteArray()));
    assertThat(TraceFormat.detect(content)).contains(TraceFormat.VLLM);
    var plain = TraceInput.decompress(new ByteArrayInputStream(npz()));
    assertThat(TraceFormat.detect(plain)).contains(TraceFormat.NPZ);
  }

  /** PyTorch's files are ZIP files too; theirs begin with a pickle. */
  @Test
  void otherZipFilesAreNotTakenForArrays() throws IOException {
    var zip = new ByteArrayOutputStream();
    try (var out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("archive/data.pkl"));
      out.write(new byte[100]);
    }
    assertThat(TraceFormat.detect(new ByteArrayInputStream(zip.toByteArray())))
        .contains(TraceFormat.SGLANG_RECORDER);
    assertThat(TraceFormat.detect(new ByteArrayInputStream(new byte[] {'P', 'K', 3, 4}))).isEmpty();
    assertThat(TraceFormat.detect(new ByteArrayInputStream(new byte[] {'P', 'K'}))).isEmpty();
  }

  private static byte[] npz() {
    return Base64.getDecoder().decode(NumpyBytes.NPZ);
  }

  private static java.util.Optional<TraceFormat> detect(String content) throws IOException {
    return TraceFormat.detect(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
  }
}
