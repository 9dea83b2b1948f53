package bptt.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Which experiments to run, where some depend on how others ended. A plan keeps no state: it is asked again after each
 * outcome.
 */
@FunctionalInterface
public interface Plan {
    /**
     * The experiments that can be run now.
     *
     * @param known the outcome of an experiment, or null if it is not known yet
     * @return those whose turn has come and whose outcome is not known; none when the plan is carried out
     */
    List<Experiment> due(Function<Experiment, Outcome> known);

    /**
     * Experiments that do not depend on one another.
     *
     * @param experiments in any order
     * @return the plan
     */
    static Plan of(List<Experiment> experiments) {
        return known -> missing(experiments, known);
    }

    /** Those of some experiments whose outcome is not known. */
    static List<Experiment> missing(List<Experiment> experiments, Function<Experiment, Outcome> known) {
        return experiments.stream().filter(e -> known.apply(e) == null).toList();
    }

    /**
     * Groups of growing difficulty, such as the seeds at each length: where none of a group is solved, those after it
     * are not tried.
     *
     * @param groups in their order
     * @return the plan
     */
    static Plan line(List<List<Experiment>> groups) {
        return known -> {
            for (List<Experiment> group : groups) {
                List<Experiment> missing = missing(group, known);
                if (!missing.isEmpty()) {
                    return missing;
                }
                if (group.stream().noneMatch(e -> known.apply(e).solved())) {
                    return List.of();
                }
            }
            return List.of();
        };
    }

    /**
     * Several plans side by side, short sequences before long ones, so that what is there early is comparable.
     *
     * @param plans in any order
     * @return the plan
     */
    static Plan all(List<Plan> plans) {
        return known -> plans.stream()
                .flatMap(plan -> plan.due(known).stream())
                .sorted(Comparator.comparingInt(Experiment::T))
                .toList();
    }

    /**
     * All that may still have to be run: what is due if every experiment not known ends solved.
     *
     * @param known the outcome of an experiment, or null
     * @return the experiments, at most so many
     */
    default List<Experiment> most(Function<Experiment, Outcome> known) {
        Map<Experiment, Outcome> supposed = new HashMap<>();
        Function<Experiment, Outcome> all = e -> {
            Outcome outcome = known.apply(e);
            return outcome != null ? outcome : supposed.get(e);
        };
        List<Experiment> most = new ArrayList<>();
        for (List<Experiment> due = due(all); !due.isEmpty(); due = due(all)) {
            most.addAll(due);
            due.forEach(e -> supposed.put(e, new Outcome(e, e.limit(), true, new Batch.Score(0, 0, 0), "")));
        }
        return most;
    }
}
