package coterie.jobs.bench;

import coterie.ingest.read.ReadContext;
import coterie.ingest.read.RoutedRun;
import coterie.ingest.read.TraceFormat;
import coterie.ingest.read.TraceInput;
import coterie.ingest.read.TracePart;
import coterie.ingest.read.TraceRecord;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.generate.FittedRequests;
import coterie.jobs.generate.RouterTraits;
import coterie.jobs.generate.TraceStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Statistics of real traces, and of made-up ones of the same shape and size. */
public final class GeneratorBench {

  private static final String DECODE = "decode";

  private final ModelGeometry model;

  public GeneratorBench(ModelGeometry model) {
    this.model = model;
  }

  /** The statistics of the decode tokens of a file of vLLM responses. */
  public TraceStatistics real(Path file) throws IOException {
    var statistics = statistics();
    var part =
        new TracePart(file.toString(), () -> TraceInput.decompress(Files.newInputStream(file)));
    try (var reader = TraceFormat.VLLM.open(List.of(part), new ReadContext(model, null))) {
      for (var record = reader.next(); record.isPresent(); record = reader.next()) {
        if (record.get() instanceof TraceRecord.Routed routed) {
          count(routed, statistics);
        }
      }
    }
    return statistics;
  }

  private TraceStatistics statistics() {
    return new TraceStatistics(model.moeLayers().size(), model.experts(), model.topK());
  }

  private void count(TraceRecord.Routed record, TraceStatistics statistics) {
    statistics.begin();
    for (var run : record.runs()) {
      if (run.phase().equals(DECODE)) {
        count(run, statistics);
      }
    }
    statistics.end();
  }

  private void count(RoutedRun run, TraceStatistics statistics) {
    var all = new int[run.arrayLayers() * model.topK()];
    var ids = new int[model.moeLayers().size() * model.topK()];
    boolean moeOnly = run.arrayLayers() == model.moeLayers().size();
    for (int token = 0; token < run.tokens(); token++) {
      run.read(token, all);
      for (int i = 0; i < model.moeLayers().size(); i++) {
        int from = moeOnly ? i : model.moeLayers().get(i);
        System.arraycopy(all, from * model.topK(), ids, i * model.topK(), model.topK());
      }
      statistics.token(ids);
    }
  }

  /** The statistics of a made-up day of so many requests. */
  public TraceStatistics madeUp(RouterTraits traits, long seed, long day, long requests) {
    int layers = model.moeLayers().size();
    var source = new FittedRequests(layers, model.experts(), model.topK(), traits, seed).day(day);
    var statistics = statistics();
    var ids = new int[layers * model.topK()];
    for (long index = 0; index < requests; index++) {
      var request = source.request(index);
      statistics.begin();
      for (int token = request.prompt();
          token < request.prompt() + request.completion() - 1;
          token++) {
        for (int i = 0; i < ids.length; i++) {
          ids[i] = request.experts().at(token * ids.length + i);
        }
        statistics.token(ids);
      }
      statistics.end();
    }
    return statistics;
  }
}
