/** What a placement costs while it is being searched: one class a term, each with its delta. */
package coterie.planner.objective;
