/**
 * What joins the layers of a plan: GPUs permuted between layers, and slots shared out to layers.
 */
package coterie.planner.align;
