package coterie.jobs.simulate;

import coterie.planner.replay.Allocator;
import coterie.planner.routing.RouterRule;
import java.io.Serializable;

/**
 * One replay: a layout under a router, a profile, a load and an allocator of requests to groups.
 *
 * @param id place among the scenarios of a request
 * @param contender place among its contenders
 * @param profile place among its profiles
 * @param inFlight requests at a time, at most so many in an open loop; tokens a step without
 *     requests
 */
public record LoopScenario(
    int id, int contender, RouterRule router, int profile, int inFlight, Allocator allocator)
    implements Serializable {}
