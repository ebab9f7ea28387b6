/**
 * One page that shows what the lake knows of a model's placement. Here the lake is asked and the
 * answers are written as JSON; how they are drawn is in the resources beside this package.
 */
package coterie.jobs.report;
