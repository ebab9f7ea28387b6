package coterie.jobs.generate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Lines of vLLM's completions API, and the {@code .npy} in them. */
final class ResponseLine {

  private ResponseLine() {}

  /**
   * The header of an array {@code [rows][layers][k]}; its data begin at a multiple of 64 bytes.
   *
   * @param type as NumPy writes it, {@code |u1} or {@code <u2}
   */
  static byte[] npyHeader(String type, int rows, int layers, int topK) {
    var header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d, %d), }"
            .formatted(type, rows, layers, topK);
    // The header ends with a newline.
    int padded = (10 + header.length() + 1 + 63) / 64 * 64;
    var bytes = new ByteArrayOutputStream();
    bytes.write(0x93);
    bytes.writeBytes("NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(padded - 10);
    bytes.write((padded - 10) >>> 8);
    bytes.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(
        " ".repeat(padded - 10 - header.length() - 1).getBytes(StandardCharsets.ISO_8859_1));
    bytes.write('\n');
    return bytes.toByteArray();
  }

  /** One line, its end included. */
  static byte[] of(String id, long created, int prompt, int completion, byte[] experts)
      throws IOException {
    var line = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("id", id);
      json.writeStringField("object", "text_completion");
      json.writeNumberField("created", created);
      json.writeStringField("model", "synthetic");
      json.writeArrayFieldStart("choices");
      json.writeStartObject();
      json.writeNumberField("index", 0);
      json.writeStringField("text", "");
      json.writeStringField("finish_reason", "stop");
      json.writeStringField("routed_experts", Base64.getEncoder().encodeToString(experts));
      json.writeEndObject();
      json.writeEndArray();
      json.writeObjectFieldStart("usage");
      json.writeNumberField("prompt_tokens", prompt);
      json.writeNumberField("completion_tokens", completion);
      json.writeNumberField("total_tokens", prompt + completion);
      json.writeEndObject();
      json.writeEndObject();
    }
    line.write('\n');
    return line.toByteArray();
  }
}
