package coterie.ingest.read;

import coterie.ingest.table.RoutingTable;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the rows of an engine's response at their positions in the request.
 *
 * <p>Engines return one row for every token that went through the model: the prompt, unless its
 * first tokens were skipped on request, and the completion without its last token, which was
 * sampled but never forwarded. So {@code rows = prompt rows + completion - 1}: what exceeds the
 * completion are the last tokens of the prompt.
 */
final class ResponseRouting {

  private final ReadContext context;

  ResponseRouting(ReadContext context) {
    this.context = context;
  }

  /**
   * The runs of one response whose prompt and completion are counted.
   *
   * @param promptTokens tokens of the prompt
   * @param promptRowsStated rows of {@code ids} that belong to the prompt, its last ones
   * @param keepPrompt false to leave these rows out
   * @throws RejectedException if shape or counts do not fit
   */
  List<RoutedRun> runs(
      RunOrigin origin, IdArray ids, int promptTokens, long promptRowsStated, boolean keepPrompt)
      throws RejectedException {
    checkShape(ids);
    if (promptRowsStated < 0 || promptRowsStated > Math.min(promptTokens, ids.rows())) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%d rows do not fit prompt_tokens %d and completion_tokens"
              .formatted(ids.rows(), promptTokens));
    }
    int promptRows = (int) promptRowsStated;
    int decodeRows = ids.rows() - promptRows;
    if (promptTokens > Integer.MAX_VALUE - decodeRows) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%d rows behind prompt_tokens %d pass position %d"
              .formatted(decodeRows, promptTokens, Integer.MAX_VALUE));
    }
    var runs = new ArrayList<RoutedRun>(2);
    if (promptRows > 0 && keepPrompt) {
      int first = promptTokens - promptRows;
      runs.add(new RoutedRun(origin, RoutingTable.PREFILL, first, ids, null, 0, promptRows));
    }
    if (decodeRows > 0) {
      runs.add(
          new RoutedRun(
              origin, RoutingTable.DECODE, promptTokens, ids, null, promptRows, decodeRows));
    }
    return runs;
  }

  /**
   * The run of one response that counts nothing: all of it is of the phase that the user states.
   *
   * @throws RejectedException if the shape does not fit, or the user states no phase
   */
  List<RoutedRun> uncounted(RunOrigin origin, IdArray ids) throws RejectedException {
    checkShape(ids);
    var phase = context.phase();
    if (phase.isEmpty()) {
      throw new RejectedException(
          IssueReason.PHASE_UNKNOWN, "no prompt_tokens and completion_tokens");
    }
    return List.of(new RoutedRun(origin, phase.get(), 0, ids, null, 0, ids.rows()));
  }

  private void checkShape(IdArray ids) throws RejectedException {
    var model = context.model();
    boolean layersFit =
        ids.layers() == model.hiddenLayers() || ids.layers() == model.moeLayers().size();
    if (!layersFit || ids.topK() != model.topK()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%d layers x top-%d, model %s has %d x top-%d"
              .formatted(
                  ids.layers(), ids.topK(), model.name(), model.hiddenLayers(), model.topK()));
    }
  }
}
