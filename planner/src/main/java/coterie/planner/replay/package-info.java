/** The judge: what steps cost under a finished placement, a router and a profile. */
package coterie.planner.replay;
