package dev.metalog.server.trace.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures contenders on one trace, in rounds: each contender does the operation once, then each again. So a machine
 * that is busier for a while is busier for all of them. The first rounds warm up and do not count.
 */
final class TraceBench {
    /**
     * @param rounds that count
     * @param warmUps before them; a contender that has taken {@code warmUpMillis} with them needs no more
     */
    record Plan(int rounds, int warmUps, double warmUpMillis, List<Operation> operations) {}

    private final Plan plan;
    private final Consumer<String> progress;

    TraceBench(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** One figure for each operation and contender, in this order. Ours is the first contender. */
    List<Figure> measure(String trace, boolean sequential, List<Contender> contenders) {
        List<Figure> figures = new ArrayList<>();
        for (Operation operation : plan.operations()) {
            if (operation.appliesTo(sequential)) {
                progress.accept(trace + ": " + operation.title());
                figures.addAll(measure(trace, operation, contenders));
            }
        }
        return figures;
    }

    private List<Figure> measure(String trace, Operation operation, List<Contender> contenders) {
        Map<Contender, Series> all = new LinkedHashMap<>();
        contenders
                .subList(0, operation.isForPeers() ? contenders.size() : 1)
                .forEach(contender -> all.put(contender, new Series(contender, operation)));
        int warmUps = operation.warmsUp() ? plan.warmUps() : 0;
        for (int round = 0; round < warmUps; round++) {
            for (Series series : all.values()) {
                if (series.spentMillis < plan.warmUpMillis()) {
                    series.runOnce();
                }
            }
        }
        all.values().forEach(Series::forget);
        int rounds = operation.isExact() ? 1 : plan.rounds();
        for (int round = 0; round < rounds; round++) {
            all.values().forEach(Series::runOnce);
        }
        Series ours = all.get(contenders.get(0));
        return all.values().stream().map(series -> series.figure(trace, ours)).toList();
    }

    /** The rounds of one contender in one operation. It ends with its first failure. */
    private static final class Series {
        private final Contender contender;
        private final Operation operation;
        private Samples values = new Samples(8);
        private Samples tails = new Samples(8);
        private double spentMillis;
        private boolean differs;
        private String failure;

        Series(Contender contender, Operation operation) {
            this.contender = contender;
            this.operation = operation;
        }

        void runOnce() {
            if (failure != null) {
                return;
            }
            long began = System.nanoTime();
            try {
                Reading reading = contender.run(operation);
                values.add(reading.value());
                differs |= reading.differs();
                if (!Double.isNaN(reading.tail())) {
                    tails.add(reading.tail());
                }
            } catch (RunFailedException e) {
                failure = e.getMessage();
            }
            spentMillis += (System.nanoTime() - began) / 1e6;
        }

        void forget() {
            values = new Samples(8);
            tails = new Samples(8);
        }

        Figure figure(String trace, Series ours) {
            boolean failed = failure != null || values.size() == 0;
            boolean comparable = !failed && ours.failure == null && ours.values.size() > 0;
            double oursMedian = comparable ? ours.values.percentile(50) : 0;
            return new Figure(
                    trace,
                    operation.word(),
                    contender.name(),
                    operation.unit().sign(),
                    failed ? null : values.percentile(50),
                    failed || tails.size() == 0 ? null : tails.percentile(50),
                    failed ? null : values.percentile(0),
                    failed ? null : values.percentile(100),
                    failed ? 0 : values.size(),
                    oursMedian > 0 ? values.percentile(50) / oursMedian : null,
                    !failed && differs,
                    failed ? failure : null);
        }
    }
}
