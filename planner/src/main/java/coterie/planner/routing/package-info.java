/**
 * Which replica serves a token: the exact optimum and the rules that engines ship.
 *
 * <p>Both the deciding packages and the replay stand on this one.
 */
package coterie.planner.routing;
