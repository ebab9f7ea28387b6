/** Measured constants of hardware and engines, and the time of a step made from them. */
package coterie.planner.profile;
