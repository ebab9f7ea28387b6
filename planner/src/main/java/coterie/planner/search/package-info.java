/** Search over placements: moves, temperatures, budgets. */
package coterie.planner.search;
