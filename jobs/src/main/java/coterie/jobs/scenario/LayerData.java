package coterie.jobs.scenario;

import coterie.planner.model.RequestTokens;
import coterie.planner.model.TokenSets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tokens of one layer: some to plan on, others, of other requests, to judge on.
 *
 * @param layer hidden-layer id
 * @param planning distinct sets
 * @param judged distinct sets
 * @param judgedInOrder the same tokens one by one
 */
record LayerData(int layer, TokenSets planning, TokenSets judged, RequestTokens judgedInOrder) {

  static LayerData of(int layer, RequestTokens planning, RequestTokens judged) {
    return new LayerData(layer, distinct(planning.sets()), distinct(judged.sets()), judged);
  }

  private static TokenSets distinct(TokenSets tokens) {
    var counts = new LinkedHashMap<List<Integer>, Double>();
    for (int token = 0; token < tokens.size(); token++) {
      var set =
          IntStream.range(tokens.from(token), tokens.to(token)).mapToObj(tokens::member).toList();
      counts.merge(set, tokens.tokens(token), Double::sum);
    }
    var builder = TokenSets.builder(tokens.experts());
    counts.forEach(
        (set, count) -> builder.add(set.stream().mapToInt(Integer::intValue).toArray(), count));
    return builder.build();
  }

  /** As many layers as asked for, evenly from the first to the last. */
  static List<Integer> evenly(int layers, int wanted) {
    int count = Math.min(layers, wanted);
    return IntStream.range(0, count).map(i -> (2 * i + 1) * layers / (2 * count)).boxed().toList();
  }
}
