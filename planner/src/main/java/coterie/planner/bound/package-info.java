/** Certificates: costs that no placement can beat. */
package coterie.planner.bound;
