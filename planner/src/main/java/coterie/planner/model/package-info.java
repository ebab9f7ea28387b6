/**
 * The facts of the placement problem: the cluster, placements, activation sets, drawn steps.
 *
 * <p>Everything here is immutable once built and knows nothing of objectives, searches or engines.
 */
package coterie.planner.model;
