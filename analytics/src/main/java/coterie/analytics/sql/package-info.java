/**
 * The statistics a second time, in plain Spark SQL over the rows of {@code activation}: their
 * readable definition, and the way to count them on GPUs. The text of each is a resource of this
 * package, named as its table.
 */
package coterie.analytics.sql;
