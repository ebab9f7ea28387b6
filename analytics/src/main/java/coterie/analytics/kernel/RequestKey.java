package coterie.analytics.kernel;

import java.io.Serializable;

/** A request of a leaf. */
public record RequestKey(Leaf leaf, String requestId) implements Serializable {}
