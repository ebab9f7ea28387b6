'use strict';
/* What the plans stand on: who acts together, loads, the experts of a step, drift; what moves. */
Coterie.statistics = (() => {
  const { el, sum, fixed, percent, count, times, bytes, list, plural, tip, ink, axis, tooltip, diverging,
    draw, section, text, choice, decode } = Coterie;
  const EXPERT_ID = 'id';
  const REACH = 3;
  const DENSE = 3000;

  const nameOf = expert => `expert ${expert}`;
  const pairIndex = (a, b, experts) => a < b
    ? a * (2 * experts - a - 1) / 2 + (b - a - 1) : pairIndex(b, a, experts);

  const diverge = (from, middle, to) => el('div', { class: 'scale' },
    from, el('i', { class: 'diverging', 'aria-hidden': 'true' }), to,
    el('span', {}, `(middle: ${middle})`));

  /* Expert of each cell along an axis, null between GPUs, in the order of a plan or by id. */
  function order(model, name, layer) {
    if (name === EXPERT_ID) return { experts: [...Array(model.experts).keys()], gpus: null };
    const plan = model.plans.find(p => p.name === name);
    const experts = [];
    const gpus = [];
    plan.placement[layer].forEach((held, gpu) => {
      if (gpu > 0) { experts.push(null); gpus.push(null); }
      [...held].sort((a, b) => a - b).forEach(expert => { experts.push(expert); gpus.push(gpu); });
    });
    return { experts, gpus };
  }

  function pairs(state) {
    const { model, plan } = state;
    const title = 'Which experts act together';
    const found = model.pairs;
    if (!found.layers.length || !model.loads.length) {
      section('pairs', { title, empty: ['No tokens with their experts were counted: ',
        el('code', {}, `coterie analyze --model ${model.name}`)] });
      return;
    }
    const shown = Math.max(0, found.layers.indexOf(state.layer));
    const layer = found.layers[shown];
    const arrange = model.plans.some(p => p.name === state.order) ? state.order : state.order === EXPERT_ID ? EXPERT_ID : plan || EXPERT_ID;
    const lifts = new Int8Array(decode(found.lifts[shown]).buffer);
    const { experts, gpus } = order(model, arrange, layer);
    const lift = (a, b) => lifts[pairIndex(a, b, model.experts)] / 16;
    const body = el('div', { class: 'chart square' });
    const aside = el('div', { class: 'chart' });
    const stuck = name => found.together[model.plans.findIndex(p => p.name === name)];
    section('pairs', {
      title,
      finding: plan ? [`In layer ${model.layers[layer]}, `, el('strong', {}, percent(stuck(plan)[layer])),
        ` of all pairs called must run on one GPU under ${plan}`,
        model.today && model.today !== plan ? `, ${percent(stuck(model.today)[layer])} under ${model.today}` : '',
        `; over all layers ${percent(sum(stuck(plan)) / stuck(plan).length)}`,
        model.today && model.today !== plan ? ` and ${percent(sum(stuck(model.today)) / stuck(model.today).length)}.` : '.'] : null,
      own: [
        choice('layer', 'Layer', found.layers.map(i => [i, model.layers[i]]), layer,
          value => state.set({ layer: Number(value) })),
        choice('order', 'Ordered by', [...model.plans.map(p => [p.name, p.name === model.today ? `${p.name} (today)` : p.name]),
          [EXPERT_ID, 'expert id']], arrange, value => state.set({ order: value })),
      ],
      body: el('div', { class: 'beside wide-left' },
        el('div', {}, diverge('an eighth as often', 'as their loads alone would give', '8 times as often'), body),
        plan ? el('div', {}, el('h3', { class: 'part' }, 'Pairs called that must run on one GPU, by layer'), aside) : null),
      caption: [gpus ? 'Blocks along the diagonal are the GPUs of the plan: the bluer they are, the more rarely experts of one GPU are called at once, and the better the plan. An expert with replicas appears once for each. '
        : 'Patterns off the diagonal are experts that act together; order by a plan to see whether it keeps them apart. ',
      `Counted on ${list(found.datasets)}, ${model.phase}. `,
      found.layers.length < model.layers.length ? `${found.layers.length} of ${model.layers.length} layers are in this file.` : ''],
      table: () => pairTable(model, lifts, layer),
    });
    const cells = [];
    experts.forEach((a, x) => experts.forEach((b, y) => {
      if (a !== null && b !== null && a !== b) cells.push([x, y, Math.max(-REACH, Math.min(REACH, lift(a, b)))]);
    }));
    const side = Math.min(body.clientWidth || 600, 640);
    body.style.maxWidth = `${side}px`;
    draw(body, side, `${title}: layer ${model.layers[layer]}, ordered by ${arrange}`,
      () => pairOption(experts, gpus, cells, lift), cells.length > DENSE);
    if (plan) together(state, aside, stuck, found.layers, layer);
  }

  /* The same share for every layer; a layer that is clicked is the one shown beside. */
  function together(state, node, stuck, shown, layer) {
    const { model, plan } = state;
    const names = [...new Set([model.today, plan])].filter(Boolean);
    draw(node, 280, `Share of pairs called that must run on one GPU, by layer, under ${list(names)}`, () => ({
      grid: { left: 8, right: 16, top: 30, bottom: 36, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 18, itemHeight: 8, textStyle: { color: ink('soft'), fontSize: 12 } },
      tooltip: tooltip({ trigger: 'axis', formatter: items => tip(`layer ${model.layers[items[0].dataIndex]}`,
        ...items.map(i => `${i.seriesName}: ${percent(i.value)}`)) }),
      xAxis: axis({ type: 'category', data: model.layers.map(String), name: 'layer', nameLocation: 'middle', nameGap: 26 }),
      yAxis: axis({ type: 'value', axisLabel: { color: ink('soft'), formatter: v => `${fixed(100 * v, v > 0 && v < 0.01 ? 1 : 0)} %` } }),
      series: names.map(name => ({ type: 'line', name, data: stuck(name), symbol: 'circle',
        symbolSize: (_, { dataIndex }) => dataIndex === layer ? 11 : 5,
        lineStyle: { color: ink(name === plan ? 'accent' : 'today'), width: name === plan ? 2 : 1.25 },
        itemStyle: { color: ink(name === plan ? 'accent' : 'today') } })),
    }));
    Coterie.onClick(node, ({ dataIndex }) => {
      if (shown.includes(dataIndex)) state.set({ layer: dataIndex });
    });
  }

  function pairOption(experts, gpus, cells, lift) {
    const middle = i => {
      let first = i;
      let last = i;
      while (gpus[first - 1] === gpus[i]) first--;
      while (gpus[last + 1] === gpus[i]) last++;
      return first + ((last - first) >> 1) === i;
    };
    const few = gpus && new Set(gpus).size <= 17;
    const label = i => !gpus ? String(experts[i])
      : gpus[i] !== null && middle(i) ? (few && !Coterie.narrow() ? `GPU ${gpus[i]}` : String(gpus[i])) : '';
    const every = gpus ? () => true : 'auto';
    const side = { type: 'category', data: experts.map((_, i) => i), splitLine: { show: false } };
    const words = { interval: every, color: ink('soft'), fontSize: 11, showMinLabel: true, showMaxLabel: true, formatter: (_, i) => label(i) };
    return {
      grid: { left: 8, right: 4, top: 4, bottom: 8, containLabel: true },
      tooltip: tooltip({ formatter: ({ data: [x, y] }) => tip(`${nameOf(experts[x])} and ${nameOf(experts[y])}`,
        gpus ? (gpus[x] === gpus[y] ? `both on GPU ${gpus[x]}` : `GPUs ${gpus[x]} and ${gpus[y]}`) : '',
        `together ${times(lift(experts[x], experts[y]))} as often as by chance`) }),
      xAxis: axis({ ...side, axisLine: { show: false }, axisLabel: words }),
      yAxis: axis({ ...side, axisLine: { show: false }, inverse: true, axisLabel: words }),
      visualMap: diverging(REACH),
      series: [{ type: 'heatmap', data: cells, progressive: 0,
        emphasis: { itemStyle: { borderColor: ink('ink'), borderWidth: 1 } } }],
    };
  }

  function pairTable(model, lifts, layer) {
    const rows = [];
    for (let a = 0; a < model.experts; a++) {
      for (let b = a + 1; b < model.experts; b++) rows.push([a, b, lifts[pairIndex(a, b, model.experts)] / 16]);
    }
    rows.sort((one, other) => Math.abs(other[2]) - Math.abs(one[2]));
    return { head: ['layer', 'expert', 'and expert', 'together, × chance'],
      rows: rows.slice(0, 500).map(([a, b, value]) => [model.layers[layer], a, b, times(value)]) };
  }

  function loads(state) {
    const { model } = state;
    const title = 'How often each expert is called';
    if (!model.loads.length) {
      section('loads', { title, empty: 'Nothing was counted yet.' });
      return;
    }
    const chosen = Math.min(state.load || 0, model.loads.length - 1);
    const load = model.loads[chosen];
    const raw = new Uint16Array(decode(load.relative).buffer);
    const E = model.experts;
    const ranked = state.rank === 'load';
    const rows = model.layers.map((_, layer) => {
      const row = [...Array(E).keys()].map(expert => [expert, raw[layer * E + expert] / Coterie.data.perUnitOfLoad]);
      return ranked ? row.sort((a, b) => b[1] - a[1]) : row;
    });
    let hottest = [0, 0, 0];
    rows.forEach((row, layer) => row.forEach(([expert, value]) => {
      if (value > hottest[2]) hottest = [layer, expert, value];
    }));
    const idle = sum(rows.map(row => row.filter(([, value]) => value < 0.1).length));
    const body = el('div', { class: 'chart' });
    section('loads', {
      title,
      finding: [`Expert ${hottest[1]} of layer ${model.layers[hottest[0]]} is called `, el('strong', {}, `${fixed(hottest[2], 1)} times`),
        ` as often as the mean of its layer; ${plural(idle, 'expert')} of ${count(E * model.layers.length)} less than a tenth as often.`],
      own: [
        choice('dataset', 'Data set', model.loads.map((l, i) => [i, l.dataset]), chosen, value => state.set({ load: Number(value) })),
        choice('rank', 'Experts', [['id', 'by id'], ['load', 'most called first']], ranked ? 'load' : 'id',
          value => state.set({ rank: value })),
      ],
      body: [diverge('an eighth of the mean', 'mean of the layer', '8 times'), body],
      caption: `${count(load.tokens)} ${load.phase} tokens of ${load.dataset}${load.basis === 'counts' ? ', from counts alone' : ''}. `
        + 'Each row is a layer, to be read by itself: experts of different layers share nothing but their number. '
        + 'Orange is what a second copy would be for, if copies were for load alone.',
      table: () => ({ head: ['layer', 'expert', 'load, × mean'], rows: rows.flatMap((row, layer) =>
        row.map(([expert, value]) => [model.layers[layer], expert, fixed(value, 2)])).slice(0, 4000) }),
    });
    const cells = rows.flatMap((row, y) => row.map(([expert, value], x) =>
      [x, y, Math.max(-REACH, Math.min(REACH, Math.log2(Math.max(value, 1e-3)))), expert, value]));
    const height = Math.max(180, Math.min(640, 15 * rows.length + 60));
    draw(body, height, `${title}: ${load.dataset}; hottest expert ${fixed(hottest[2], 1)} times the mean`, () => ({
      grid: { left: 8, right: 4, top: 4, bottom: 36, containLabel: true },
      tooltip: tooltip({ formatter: ({ data: [, y, , expert, value] }) =>
        tip(`layer ${model.layers[y]}, ${nameOf(expert)}`, `${fixed(value, 2)} × the mean of the layer`) }),
      xAxis: axis({ type: 'category', data: rows[0].map((_, i) => i), name: ranked ? 'rank within the layer' : 'expert',
        nameLocation: 'middle', nameGap: 26, axisLine: { show: false } }),
      yAxis: axis({ type: 'category', data: model.layers.map(String), inverse: true, axisLine: { show: false }, name: '' }),
      visualMap: diverging(REACH),
      series: [{ type: 'heatmap', data: cells, progressive: 0, emphasis: { itemStyle: { borderColor: ink('ink'), borderWidth: 1 } } }],
    }), cells.length > DENSE);
  }

  const against = (mean, chance) => Math.abs(1 - mean / chance) < 0.0005 ? 'as many as'
    : `${percent(Math.abs(1 - mean / chance))} ${mean < chance ? 'fewer' : 'more'} than`;

  const SAMPLERS = { request: 'tokens of distinct requests', token: 'tokens drawn from all' };

  function unions(state) {
    const { model, batch } = state;
    const title = 'Distinct experts of a step';
    const datasets = [...new Set(model.unions.map(u => u.dataset))];
    if (!datasets.length) {
      section('unions', { title, empty: 'Nothing was counted yet.' });
      return;
    }
    const dataset = [state.union, ...model.pairs.datasets, ...datasets].find(name => datasets.includes(name));
    const own = model.unions.filter(u => u.dataset === dataset);
    const sampler = own.some(u => u.sampler === 'request' && u.batch >= 4) ? 'request' : 'token';
    const seen = own.filter(u => u.sampler === sampler);
    const all = own.filter(u => u.sampler === 'token');
    const at = seen.find(u => u.batch === batch) || seen[seen.length - 1];
    const body = el('div', { class: 'chart' });
    section('unions', {
      title,
      finding: [`At batch ${at.batch} a step calls `, el('strong', {}, `${fixed(at.mean, 1)} of ${model.experts}`),
        ` experts of a layer: ${against(at.mean, at.independence_null)} independent calls of the same loads, `
        + `${against(at.mean, at.uniform_null)} uniform ones.`],
      own: [choice('union', 'Data set', datasets.map(d => [d, d]), dataset, value => state.set({ union: value }))],
      body,
      caption: `Means over layers; steps are ${SAMPLERS[sampler]}`
        + `${sampler === 'token' ? ', for want of enough requests' : ''}. Where the lines have not met the top yet, placement can help; `
        + 'where the step calls nearly every expert, it cannot.',
      table: () => ({ head: [text('steps of'), 'batch', 'mean', 'p50', 'p95', 'independent', 'uniform'],
        rows: own.map(u => [text(SAMPLERS[u.sampler]), u.batch, ...['mean', 'p50', 'p95', 'independence_null', 'uniform_null']
          .map(name => fixed(u[name], 2))]) }),
    });
    const line = (name, rows, field, colour, kind, more) => ({ type: 'line', name, data: rows.map(u => [u.batch, u[field]]),
      lineStyle: { color: ink(colour), type: kind, width: kind === 'solid' ? 2 : 1.25 }, itemStyle: { color: ink(colour) },
      symbol: kind === 'solid' ? 'circle' : 'none', symbolSize: 6, ...more });
    draw(body, 300, `${title} of ${dataset}: ${fixed(at.mean, 1)} of ${model.experts} at batch ${at.batch}`, () => ({
      grid: { left: 8, right: 16, top: 44, bottom: 36, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 18, itemHeight: 8, textStyle: { color: ink('soft'), fontSize: 12 } },
      tooltip: tooltip({ trigger: 'axis', formatter: items => tip(`batch ${items[0].value[0]}`,
        ...items.map(i => `${i.seriesName}: ${fixed(i.value[1], 1)}`)) }),
      xAxis: axis({ type: 'log', logBase: 2, name: 'tokens a step', nameLocation: 'middle', nameGap: 26, splitLine: { show: false } }),
      yAxis: axis({ type: 'value', max: model.experts, axisLine: { show: false } }),
      series: [line('observed', seen, 'mean', 'accent', 'solid', { z: 4 }),
        line('95th percentile', seen, 'p95', 'accent', 'dotted'),
        line('independent', all, 'independence_null', 'today', 'dashed'),
        line('uniform', all, 'uniform_null', 'today', 'dotted')],
    }));
  }

  const KINDS = { day: 'Days', dataset: 'Data sets', workload: 'Workloads' };

  /* Rows of words, a track with the interval and the value: reads at any width. */
  function drift({ model }) {
    const title = 'Drift between days and data sets';
    if (!model.drift.length) {
      section('drift', { title, empty: 'There is one day and one data set, so nothing to compare.' });
      return;
    }
    const top = Math.max(...model.drift.map(d => d.high === null ? d.distance : d.high), 0.05);
    const row = d => el('li', {}, el('span', { class: 'pair' }, `${d.left} → ${d.right}`),
      el('span', { class: 'track', 'aria-hidden': 'true' },
        d.low === null ? null : el('i', { style: `left:${100 * d.low / top}%;width:${100 * (d.high - d.low) / top}%` }),
        el('b', { style: `left:${100 * d.distance / top}%` })),
      el('span', { class: 'value' }, fixed(d.distance, 3)));
    const far = [...model.drift].sort((a, b) => b.distance - a.distance)[0];
    section('drift', {
      title,
      finding: [`The farthest apart are ${far.left} and ${far.right}: `, el('strong', {}, fixed(far.distance, 3)),
        `, with ${percent(far.overlap, 0)} of their ${far.top} most called experts in common.`],
      body: Object.keys(KINDS).flatMap(kind => {
        const rows = model.drift.filter(d => d.kind === kind);
        return rows.length ? [el('h3', { class: 'part' }, KINDS[kind]), el('ul', { class: 'dots' }, rows.slice(0, 8).map(row))] : [];
      }),
      caption: 'Jensen–Shannon distance of the loads, mean over layers: 0 is the same load, 1 nothing in common; '
        + 'bars are 95 % intervals over requests. A plan made on one side of a long distance wears off on the other.',
      table: () => ({ head: [text('kind'), text('left'), text('right'), 'distance', 'low', 'high', 'overlap of the top'],
        rows: model.drift.map(d => [text(d.kind), text(d.left), text(d.right), fixed(d.distance, 4), fixed(d.low, 4),
          fixed(d.high, 4), percent(d.overlap, 0)]) }),
    });
  }

  function moves({ model, plan: name }) {
    const title = 'What would move, and where';
    const plan = model.plans.find(p => p.name === name);
    if (!plan || !plan.moves || name === model.today) {
      section('moves', { title, empty: model.today
        ? 'Choose a plan on as many GPUs as today’s.' : 'Which plan is in use is not known: give --today PLAN.' });
      return;
    }
    const { layers, moved, slots, replicasGained, replicasLost, from } = plan.moves;
    const weight = model.expertBytes === null ? '' : `, ${bytes(moved * model.expertBytes)} of weights`;
    const body = el('div', { class: 'chart' });
    const most = Math.max(1, ...layers.flat());
    section('moves', {
      title,
      finding: [`From ${from} to ${name}, `, el('strong', {}, `${count(moved)} of ${count(slots)} slots`),
        ` get an expert that is new to their GPU (${percent(moved / slots, 0)})${weight}; `
        + `replicas: ${count(replicasGained)} more, ${count(replicasLost)} fewer.`],
      body: [el('div', { class: 'scale' }, '0', el('i', { class: 'rising', 'aria-hidden': 'true' }), `${plural(most, 'slot')} of a GPU`), body],
      caption: 'Experts that each GPU has to be given, layer by layer. To pay for fewer, plan with --current and --max-moved-slots. '
        + 'The table names the experts.',
      table: () => ({ head: ['layer', 'GPU', 'moved', text('experts new to the GPU')], rows: arrivals(model, plan) }),
    });
    const cells = layers.flatMap((gpus, x) => gpus.map((value, y) => [x, y, value]));
    const gpus = layers[0].length;
    const label = cells.length <= 400 && !Coterie.narrow();
    draw(body, Math.max(150, Math.min(620, 24 * gpus + 56)), `${title}: ${count(moved)} of ${count(slots)} slots`, () => ({
      grid: { left: 8, right: 4, top: 4, bottom: 36, containLabel: true },
      tooltip: tooltip({ formatter: ({ data: [x, y, value] }) => tip(`layer ${model.layers[x]}, GPU ${y}`, `${plural(value, 'expert')} to load`) }),
      xAxis: axis({ type: 'category', data: model.layers.map(String), name: 'layer', nameLocation: 'middle', nameGap: 26, axisLine: { show: false } }),
      yAxis: axis({ type: 'category', data: layers[0].map((_, gpu) => `GPU ${gpu}`), inverse: true, axisLine: { show: false } }),
      visualMap: { show: false, min: 0, max: most, dimension: 2, inRange: { color: [ink('middle'), ink('deep')] } },
      series: [{ type: 'heatmap', data: cells, progressive: 0,
        itemStyle: { borderColor: ink('ground'), borderWidth: label ? 2 : 0 },
        label: { show: label, formatter: ({ data }) => data[2] || '', fontSize: 11 } }],
    }), cells.length > DENSE);
  }

  function arrivals(model, plan) {
    const today = model.plans.find(p => p.name === model.today);
    return plan.placement.flatMap((gpus, layer) => gpus.map((held, gpu) => {
      const before = new Set(today.placement[layer][gpu]);
      const fresh = held.filter(expert => !before.has(expert)).sort((a, b) => a - b);
      return [model.layers[layer], gpu, fresh.length, text(fresh.join(', '))];
    })).slice(0, 4000);
  }

  return { pairs, loads, unions, drift, moves, pairIndex };
})();
