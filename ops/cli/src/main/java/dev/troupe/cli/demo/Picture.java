package dev.troupe.cli.demo;

import dev.troupe.schemas.avro.TrainingStep;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The picture at the end: learning curves on the left, the final comparison on the right. */
final class Picture {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 520;
    private static final int SMOOTHING = 5;
    /** Okabe and Ito's colours, which stay apart without colour vision. */
    private static final Color BLUE = new Color(0x0072B2);

    private static final Color ORANGE = new Color(0xE69F00);
    private static final Color GREEN = new Color(0x009E73);

    private Picture() {}

    static void write(Path png, Report report, Map<Contest, List<TrainingStep>> steps) throws IOException {
        String name = png.toString().replaceFirst("\\.png$", "");
        BitmapEncoder.saveBitmap(
                List.of(curves(report, steps), comparison(report)), 1, 2, name, BitmapEncoder.BitmapFormat.PNG);
    }

    private static XYChart curves(Report report, Map<Contest, List<TrainingStep>> steps) {
        var chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Training, %s, seed %d (mean of the last %d steps)"
                        .formatted(report.environment(), report.seed(), SMOOTHING))
                .xAxisTitle("model version")
                .yAxisTitle("share")
                .build();
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
        chart.getStyler().setLegendPosition(LegendPosition.InsideSE).setChartBackgroundColor(Color.WHITE);
        curve(chart, "team: reward", steps.get(Contest.TEAM), "reward", BLUE);
        curve(
                chart,
                "team: " + report.measure().label(),
                steps.get(Contest.TEAM),
                report.measure().trainingMetric(),
                GREEN);
        curve(chart, "single agent: reward", steps.get(Contest.SINGLE), "reward", ORANGE);
        return chart;
    }

    private static void curve(
            XYChart chart, String name, @Nullable List<TrainingStep> steps, String metric, Color color) {
        var x = new ArrayList<Double>();
        var y = new ArrayList<Double>();
        var window = new ArrayList<Double>();
        for (TrainingStep step : steps == null ? List.<TrainingStep>of() : steps) {
            Double value = step.getMetrics().get(metric);
            if (value == null || !Double.isFinite(value)) {
                continue;
            }
            window.add(value);
            if (window.size() > SMOOTHING) {
                window.removeFirst();
            }
            x.add((double) step.getStep());
            y.add(window.stream().mapToDouble(v -> v).average().orElseThrow());
        }
        if (!x.isEmpty()) {
            chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE).setLineColor(color);
        }
    }

    private static CategoryChart comparison(Report report) {
        var chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Held-out tasks: " + report.measure().label() + " with 95 % interval")
                .yAxisTitle(report.measure().label())
                .build();
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
        chart.getStyler()
                .setLegendVisible(false)
                .setChartBackgroundColor(Color.WHITE)
                .setSeriesColors(new Color[] {BLUE});
        var labels = new ArrayList<String>();
        var means = new ArrayList<Double>();
        var errors = new ArrayList<Double>();
        for (Arm arm : Arm.values()) {
            report.metric(arm, report.measure().evaluationMetric()).ifPresent(metric -> {
                labels.add(arm.label());
                means.add(metric.getMean());
                errors.add((metric.getHigh() - metric.getLow()) / 2);
            });
        }
        if (!labels.isEmpty()) {
            chart.addSeries(report.measure().label(), labels, means, errors);
        }
        return chart;
    }
}
