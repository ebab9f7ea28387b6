package coterie.ingest.read;

import java.util.Locale;

/** Why a record or a token was rejected. */
public enum IssueReason {
  /** The record cannot be parsed; its neighbours can. */
  MALFORMED(Unit.RECORD, "cannot be parsed"),
  /** The file ends or breaks in the middle; what came before is kept. */
  UNREADABLE(Unit.RECORD, "the file breaks off"),
  /** The record holds no routed experts; the engine's switch was off. */
  NO_ROUTING(Unit.RECORD, "no routed experts"),
  /** Layers, top-k or length do not fit the model. */
  SHAPE(Unit.RECORD, "does not fit the model"),
  /** The record does not say which tokens were prompt. */
  PHASE_UNKNOWN(Unit.RECORD, "prefill or decode is not stated"),
  /** The record routes no token, or all its tokens were rejected. */
  EMPTY(Unit.RECORD, "no token left"),
  /** The record is larger than what is read at once; its detail names the bound. */
  TOO_LARGE(Unit.RECORD, "exceeds a bound"),
  /** An expert id outside of [0, experts). */
  ID_OUT_OF_RANGE(Unit.TOKEN, "expert id out of range"),
  /** An expert twice among the k of one layer. */
  REPEATED_EXPERT(Unit.TOKEN, "an expert twice in one token"),
  /** A gate weight that is not a finite number. */
  BAD_WEIGHT(Unit.TOKEN, "gate weight not finite"),
  /** A layer in which the source routes the token nowhere, or contradicts itself. */
  MISSING_LAYER(Unit.TOKEN, "no experts in a layer");

  /** What a reason counts. */
  public enum Unit {
    RECORD,
    TOKEN;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Unit unit;
  private final String meaning;

  IssueReason(Unit unit, String meaning) {
    this.unit = unit;
    this.meaning = meaning;
  }

  public Unit unit() {
    return unit;
  }

  /** One phrase for people. */
  public String meaning() {
    return meaning;
  }

  /** The name in tables: lower case with hyphens. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
