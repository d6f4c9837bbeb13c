// SPDX-License-Identifier: Apache-2.0
// Latency, accuracy by class, and misclassified images.
"use strict";

spikeloom.latencySection = (run) => {
  const {element, text} = spikeloom;
  const values = [...run.images.latency_ms].sort((a, b) => a - b);
  if (values.length === 0) return;
  const quantile = (share) => values[Math.min(values.length - 1, Math.floor(share * values.length))];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const chart = spikeloom.chart("latency",
    `Latency of ${text(values.length)} images, ms, from the start of the tick that an image enters ` +
    `with to its last output${run.summary.pipeline ? ", in the running pipeline" : ""}. Mean ` +
    `${text(mean)}, median ${text(quantile(0.5))}, 95th percentile ${text(quantile(0.95))}, maximum ` +
    `${text(values[values.length - 1])}.`, 260, (colours) => ({
      traces: [{type: "histogram", x: values, nbinsx: 40, marker: {color: colours.series(0)},
                hovertemplate: "%{x} ms: %{y} images<extra></extra>"}],
      layout: {bargap: 0.05, xaxis: {title: {text: "ms"}}, yaxis: {title: {text: "images"}}},
    }));
  spikeloom.section("latency-section", "Latency", element("div", {}, chart.figure));
};

spikeloom.classSection = (run) => {
  const {element, number, percent} = spikeloom;
  const {classes, confusion} = run.images;
  const totals = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const right = confusion.map((row, i) => row[i]);
  const present = classes.map((_, i) => i).filter((i) => totals[i] > 0);
  const accuracy = spikeloom.chart("class-accuracy", "Accuracy by class, % of its images",
    Math.max(300, 60 + 22 * present.length), (colours) => ({
      traces: [{type: "bar", orientation: "h", y: present.map((i) => classes[i]),
                x: present.map((i) => 100 * right[i] / totals[i]),
                text: present.map((i) => `${right[i]} of ${totals[i]}`), textposition: "auto",
                marker: {color: colours.series(0)},
                hovertemplate: "%{y}: %{x:.2f} %, %{text}<extra></extra>"}],
      layout: {xaxis: {title: {text: "%"}, range: [0, 100]},
               yaxis: {type: "category", autorange: "reversed"}},
    }));
  const few = classes.length <= 20;
  const matrix = spikeloom.chart("confusion",
    "Confusion: images by true class (rows) and predicted class (columns); shaded by the row's share.",
    few ? 420 : 640, (colours) => ({
      traces: [{type: "heatmap", x: classes, y: classes, colorscale: colours.scale, zmin: 0, zmax: 1,
                z: confusion.map((row, i) => row.map((count) =>
                  totals[i] === 0 ? null : count / totals[i])),
                text: confusion.map((row) => row.map((count) => few && count > 0 ? String(count) : "")),
                customdata: confusion, xgap: 1, ygap: 1, showscale: false,
                hovertemplate: "true %{y}, predicted %{x}: %{customdata} images<extra></extra>"}],
      layout: {
        xaxis: {type: "category", title: {text: "predicted"}, showgrid: false},
        yaxis: {type: "category", title: {text: "true"}, autorange: "reversed", showgrid: false},
        annotations: few ? confusion.flatMap((row, i) => row.map((count, j) => ({
          x: classes[j], y: classes[i], text: count > 0 ? String(count) : "", showarrow: false,
          font: {size: 11, color: colours.onScale(count / totals[i])},
        })).filter(({text}) => text !== "")) : [],
      },
    }));
  spikeloom.section("classes", "Classes",
    element("div", {class: "pair"}, accuracy.figure, matrix.figure),
    spikeloom.details("Values", spikeloom.table("Images by class",
      [{title: "class"}, {title: "images", number: true}, {title: "right", number: true},
       {title: "accuracy", number: true}],
      present.map((i) => [classes[i], number(totals[i]), number(right[i]),
                          percent(right[i] / totals[i])]))));
};

spikeloom.wrongSection = (run) => {
  const {element, text} = spikeloom;
  const {wrong, classes} = run.images;
  const picture = (pixels) => {
    // A vector is shown as a row; other than three channels by the first one.
    const [channels, height, width] = wrong.shape[1] * wrong.shape[2] === 1
      ? [1, 1, wrong.shape[0]] : wrong.shape;
    const bytes = Uint8Array.from(atob(pixels), (digit) => digit.charCodeAt(0));
    const canvas = element("canvas", {width, height});
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    for (let i = 0; i < width * height; ++i) {
      for (let c = 0; c < 3; ++c) {
        image.data[4 * i + c] = bytes[(channels === 3 ? c : 0) * width * height + i];
      }
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return canvas.toDataURL();
  };
  const count = wrong.total === 1 ? "One image was" : `${text(wrong.total)} images were`;
  const kept = wrong.images.length < wrong.total
    ? wrong.kept ? ` The first ${wrong.images.length} of them:` : " A replayed run has no pixels."
    : "";
  spikeloom.section("wrong", "Wrong images",
    element("p", {}, wrong.total === 0 ? "None: every image was classified right."
      : `${count} classified wrong.${kept}`),
    element("ul", {class: "thumbnails"}, wrong.images.map(({index, label, predicted, pixels}) =>
      element("li", {},
        element("img", {src: picture(pixels), width: 64, height: 64,
                        alt: `image ${index}: ${classes[label]}, taken for ${classes[predicted]}`}),
        element("span", {}, `${classes[label]} → ${classes[predicted]}`),
        element("span", {class: "note"}, `image ${index}`)))));
};
