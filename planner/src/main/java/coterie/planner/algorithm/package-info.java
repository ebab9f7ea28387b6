/** The planners: from a layer's activation sets to a placement. */
package coterie.planner.algorithm;
