package coterie.ingest.read;

import java.util.List;

/** The names that the fields of a row go by; any one of each. */
final class RowFields {

  static final List<String> REQUEST = List.of("request", "request_id");
  static final List<String> TOKEN = List.of("token", "position");
  static final List<String> LAYER = List.of("layer", "layer_id");
  static final List<String> EXPERTS = List.of("experts", "expert_ids", "topk_ids");
  static final List<String> WEIGHTS = List.of("weights", "topk_weights");
  static final List<String> PHASE = List.of("phase");

  /** In CSV a list can be spread over columns: these and {@code 0}, {@code 1}, ... */
  static final String EXPERT_COLUMN = "expert_";

  static final String WEIGHT_COLUMN = "weight_";

  private RowFields() {}
}
