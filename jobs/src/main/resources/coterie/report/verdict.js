'use strict';
/* What plans are worth: the verdict, throughput against latency, the excess of each layer. */
Coterie.worth = (() => {
  const { el, sum, fixed, percent, plural, list, tip, ink, axis, tooltip, draw, section, text } = Coterie;

  const IDEAL = ['exact', 'exact-tokens', 'mixed', 'rank-invariant', 'least-loaded', 'even'];

  const verdictOf = (model, plan, router, batch) => model.judged.verdicts.find(
    v => v.plan === plan && v.router === router && v.batch === batch);

  /* Time where it is known, else distinct experts: what a cut is a cut of. */
  const cost = verdict => verdict.seconds === null ? sum(verdict.experts) : verdict.seconds;
  const floor = verdict => verdict.seconds === null || verdict.certificateSeconds === null
    ? sum(verdict.certificate) : verdict.certificateSeconds;

  function cutOf(model, plan, today, router, batch) {
    const own = verdictOf(model, plan, router, batch);
    const base = verdictOf(model, today, router, batch);
    if (!own || !base) return null;
    const ratio = cost(own) / cost(base);
    const relative = v => v.standardErrorOfSum / sum(v.experts);
    return {
      cut: 1 - ratio,
      error: 2 * ratio * Math.hypot(relative(own), relative(base)),
      most: Math.max(0, 1 - floor(own) / cost(base)),
    };
  }

  const planOf = (model, name) => model.plans.find(plan => plan.name === name);

  function spares(model, plan) {
    const each = (plan.slots - model.experts) / plan.gpus;
    if (each <= 0) return 'without spare slots';
    return Number.isInteger(each) ? `with ${plural(each, 'spare slot')} per GPU`
      : `with ${plural(plan.slots - model.experts, 'spare slot')}`;
  }

  const batches = (model, router) => [...new Set(model.judged.verdicts
    .filter(v => v.router === router).map(v => v.batch))].sort((a, b) => a - b);
  const routers = model => [...new Set(model.judged.verdicts.map(v => v.router))];
  const judgedPlans = model => model.plans.filter(
    plan => model.judged.verdicts.some(v => v.plan === plan.name));

  /* The plan that costs least, today's aside. */
  function best(model, router, batch) {
    const rivals = judgedPlans(model).filter(plan => plan.name !== model.today)
      .map(plan => [plan.name, verdictOf(model, plan.name, router, batch)]).filter(([, v]) => v);
    rivals.sort((a, b) => cost(a[1]) - cost(b[1]));
    return rivals.length ? rivals[0][0] : null;
  }

  const measure = model => {
    const timed = model.judged.verdicts.every(v => v.seconds !== null);
    const phase = model.judged.phase === 'all' ? '' : `${model.judged.phase} `;
    return timed ? `${phase}MoE time` : `the distinct experts of the busiest GPU in ${phase}steps`;
  };

  function verdict(state) {
    const { model } = state;
    const host = Coterie.byId('verdict');
    if (!model.judged) {
      host.replaceChildren(
        el('h1', { id: 'verdict-title' }, `No plan of ${model.name} was judged yet.`),
        el('p', { class: 'lead' }, 'Once one is, its worth stands here: ',
          el('code', {}, 'coterie simulate --plans P,P.. --datasets NAME')));
      return;
    }
    const words = sentence(state);
    host.replaceChildren(el('h1', { id: 'verdict-title', 'aria-live': 'polite' }, words.head),
      el('p', { class: 'lead' }, words.lead), ...(state.plan && model.today ? [worth(state)] : []));
  }

  /* The verdict of a model in one sentence, as pieces of text and markup. */
  function sentenceOf(model, plan, router, batch) {
    const worthOf = model.today && plan && cutOf(model, plan, model.today, router, batch);
    if (!model.today || !plan) {
      return [`${plural(judgedPlans(model).length, 'plan')} of ${model.name} judged, but which is in use is not known.`];
    }
    if (!worthOf) return [`${plan} was not judged beside ${model.today} at batch ${batch}.`];
    if (plan === model.today) return [`${plan} is today’s plan. No plan can cut more than ${percent(worthOf.most)} at batch ${batch}.`];
    const how = spares(model, planOf(model, plan));
    const bound = ` No plan can cut more than ${percent(worthOf.most)}.`;
    const figure = percent(Math.abs(worthOf.cut)) + (worthOf.error > 0 ? ` ± ${fixed(100 * worthOf.error, 1)}` : '');
    if (worthOf.cut > worthOf.error) {
      return [`A plan ${how} cuts ${measure(model)} by `, el('strong', {}, figure), ` at batch ${batch}.${bound}`];
    }
    if (worthOf.cut < -worthOf.error) {
      return [`A plan ${how} adds `, el('strong', { class: 'bad' }, figure), ` to ${measure(model)} at batch ${batch}.${bound}`];
    }
    return [`A plan ${how} leaves ${measure(model)} as it is at batch ${batch}, within `,
      el('strong', {}, `± ${fixed(100 * worthOf.error, 1)} %`), `.${bound}`];
  }

  function sentence({ model, plan, router, batch }) {
    const held = model.judged.inSample.length
      ? `; not held out: ${list(model.judged.inSample)}.` : ', on requests that no plan was made from.';
    const roles = !model.today || !plan ? 'Say which is in use with --today PLAN. '
      : plan === model.today ? '' : `${plan} against ${model.today}, today’s plan, under router ${router}${
        IDEAL.includes(router) ? ', which no engine ships: the table below has the engines’ own rules' : ''}. `;
    return { head: sentenceOf(model, plan, router, batch),
      lead: `${roles}Judged on ${list(model.judged.datasets)}${held} ± is two standard errors of the drawn steps.` };
  }

  function worth(state) {
    const { model, plan, router } = state;
    const rows = batches(model, router)
      .map(size => [size, cutOf(model, plan, model.today, router, size)]).filter(row => row[1]);
    const low = Math.min(0, ...rows.map(([, w]) => w.cut));
    const high = Math.max(0.01, ...rows.map(([, w]) => Math.max(w.most, w.cut)));
    const place = value => `${100 * (value - low) / (high - low)}%`;
    const width = (from, to) => `${100 * (to - from) / (high - low)}%`;
    const bar = w => el('span', { class: 'bar', 'aria-hidden': 'true' },
      el('i', { class: 'room', style: `left:${place(0)};width:${width(0, w.most)}` }),
      el('i', { class: w.cut < 0 ? 'cut bad' : 'cut',
        style: `left:${place(Math.min(0, w.cut))};width:${width(0, Math.abs(w.cut))}` }),
      el('i', { class: 'zero', style: `left:${place(0)}` }));
    return el('div', { class: 'worth' },
      el('div', {},
        el('h3', {}, `Cut by ${plan}, of what the certificate leaves, by batch size`),
        el('ul', { class: 'bars' }, rows.map(([size, w]) => el('li',
          { 'aria-current': size === state.batch ? 'true' : null },
          el('span', { class: 'at' }, `batch ${size}`), bar(w),
          el('span', { class: 'says' }, el('b', { class: w.cut < 0 ? 'bad' : null }, percent(w.cut)),
            el('span', { class: 'of' }, ` of ${percent(w.most)}`)))))),
      el('div', {}, el('h3', {}, 'The same plan under each router'),
        el('div', { class: 'across', tabindex: '0', role: 'region', 'aria-label': 'The same plan under each router' }, byRouter(state))));
  }

  function byRouter({ model, plan, router }) {
    const sizes = batches(model, router).filter((size, i, all) => all.length < 6 || i % 2 === 0);
    return Coterie.tableOf([text('router'), ...sizes.map((size, i) => i ? size : `batch ${size}`)],
      routers(model).map(name => [text(name), ...sizes.map(size => {
        const w = cutOf(model, plan, model.today, name, size);
        return w ? { bad: w.cut < 0, value: percent(w.cut) } : '–';
      })]), 'plain');
  }

  /* Points: replayed requests, whole, where there are some, else what simulate stored of the experts alone. */
  function points(model, router) {
    const sweep = model.sweep || [];
    if (sweep.length) {
      const own = sweep.some(p => p.router === router) ? sweep.filter(p => p.router === router || p.planner === 'tensor') : sweep;
      const several = new Set(own.map(p => p.gpus)).size > 1;
      return own.map(p => ({ plan: several ? `${p.plan} · ${p.gpus} GPUs` : p.plan, planner: p.planner, batch: p.batch,
        latency: p.tpotSeconds, throughput: p.tokensPerSecond }));
    }
    return !model.judged ? [] : model.judged.verdicts.filter(v => v.router === router && v.seconds !== null).map(v => ({
      plan: v.plan, planner: planOf(model, v.plan).planner, batch: v.batch, latency: v.seconds, throughput: v.batch / v.seconds }));
  }

  /* The lines that stand out: the plan chosen, or else the one with most of the front; and today's. */
  function standOut(all, pareto, model, plan) {
    const names = [...new Set(all.map(p => p.plan))];
    const most = names.map(name => [pareto.filter(p => p.plan === name).length, name]).sort((a, b) => b[0] - a[0])[0][1];
    const today = names.includes(model.today) ? model.today : (all.find(p => p.planner === 'eplb') || {}).plan;
    return { names, marked: names.includes(plan) ? plan : most, today };
  }

  function frontOf(all) {
    const front = [];
    [...all].sort((a, b) => a.latency - b.latency || b.throughput - a.throughput).forEach(point => {
      if (!front.length || point.throughput > front[front.length - 1].throughput) front.push(point);
    });
    return front;
  }

  function front(state) {
    const { model, router, batch } = state;
    const title = 'Throughput against latency';
    const all = points(model, router);
    if (!all.length) {
      section('front', { title, empty: model.judged
        ? 'The size of an expert of this model is not known, so that there are no times. Ingest with --model-file.'
        : 'Nothing was simulated yet.' });
      return;
    }
    const whole = Boolean(model.sweep && model.sweep.length);
    const pareto = frontOf(all);
    const onFront = new Set(pareto);
    const { names, marked, today } = standOut(all, pareto, model, state.plan);
    const owners = names.filter(name => pareto.some(p => p.plan === name));
    const body = el('div', { class: 'chart' });
    const words = whole
      ? { x: 'time per output token, ms', y: 'tokens a second a GPU', size: 'requests in flight' }
      : { x: 'MoE time of a step, ms', y: 'tokens a second', size: 'batch' };
    const own = all.filter(p => p.plan === today);
    const at = own.find(p => p.batch === batch) || own[own.length >> 1];
    const reach = at && all.filter(p => p.plan === marked && p.latency <= at.latency)
      .sort((a, b) => b.throughput - a.throughput)[0];
    section('front', {
      title,
      finding: at ? [el('strong', {}, owners.includes(today)
        ? `${today} is on the Pareto front at some load. ` : `${today} is nowhere on the Pareto front. `),
      `At ${words.size} ${at.batch} it makes ${fixed(at.throughput, 0)} ${words.y} at ${fixed(1e3 * at.latency, 2)} ms`,
      reach && reach.throughput > at.throughput ? `; ${marked} makes ${fixed(reach.throughput, 0)} in no more.` : '.'] : null,
      body,
      caption: [`Each line is a plan, each point a number of ${whole ? 'requests in flight' : 'tokens a step'}, under router ${router}; `
        + `up and left is better. Blue is ${marked}${today ? `, dark grey ${today}` : ''}. `
        + `The broad line is the Pareto front, filled points lie on it; the ring is ${today || 'nothing'} at ${words.size} ${at ? at.batch : ''}. `,
      whole ? `Held-out requests were replayed on ${list(model.sweep[0].datasets)}; times are modelled for ${model.sweep[0].profile} and whole: attention, experts and communication.`
        : `Time is that of the routed experts of all layers alone, modelled for ${model.judged.hardware}; `
        + 'attention and communication come on top and are the same for all plans.'],
      table: () => ({
        head: [text('plan'), words.size, words.x, words.y, text('on the front')],
        rows: all.map(p => [text(p.plan), p.batch, fixed(1e3 * p.latency, 3), fixed(p.throughput, 0),
          text(onFront.has(p) ? 'yes' : '')]) }),
    });
    draw(body, Coterie.narrow() ? 340 : 420, `${title}: ${names.length} plans; on the Pareto front: ${list(owners)}`,
      () => frontOption({ all, pareto, onFront, names, plan: marked, today, at, words }));
  }

  const short = name => name.length > 16 ? `${name.slice(0, 15)}…` : name;
  const colourOf = (plan, today, name) => ink(name === plan ? 'accent' : name === today ? 'today' : 'other');

  /* Doublings over a thousand: an axis of these has round labels at every doubling. */
  const doublings = throughput => Math.log2(throughput / 1000);
  const ofDoublings = value => 1000 * 2 ** value;

  /* How far to shift the names at the ends of lines so that none covers another, in pixels. */
  function shifts(ordered, all, height, bottom, top) {
    const ends = ordered.map(name => Math.max(...all.filter(p => p.plan === name).map(p => p.throughput)))
      .map((value, i) => ({ i, y: height * (top - doublings(value)) / Math.max(1, top - bottom) }))
      .sort((a, b) => a.y - b.y || b.i - a.i);
    const shift = [];
    let free = -Infinity;
    ends.forEach(end => {
      const y = Math.max(end.y, free);
      shift[end.i] = y - end.y;
      free = y + 15;
    });
    return shift;
  }

  function frontOption({ all, pareto, onFront, names, plan, today, at, words }) {
    const xy = p => [1e3 * p.latency, doublings(p.throughput)];
    const top = Math.ceil(Math.max(...all.map(p => doublings(p.throughput))));
    const bottom = Math.floor(Math.min(...all.map(p => doublings(p.throughput))));
    const ordered = [...names].sort((a, b) => (a === plan) - (b === plan) || (a === today) - (b === today));
    const small = Coterie.narrow();
    const shift = shifts(ordered, all, 340, bottom, top);
    return {
      grid: { left: 8, right: small ? 16 : 150, top: 34, bottom: 40, containLabel: true },
      tooltip: tooltip({ trigger: 'item', formatter: item => item.data && item.data.point ? tip(item.data.point.plan,
        `${words.size} ${item.data.point.batch}: ${fixed(1e3 * item.data.point.latency, 2)} ms`,
        `${fixed(item.data.point.throughput, 0)} ${words.y}`) : '' }),
      xAxis: axis({ type: 'value', scale: true, name: words.x, nameLocation: 'middle', nameGap: 28,
        splitLine: { show: false } }),
      yAxis: axis({ type: 'value', min: bottom, max: top, interval: top - bottom > 7 ? 2 : 1, name: words.y,
        nameTextStyle: { align: 'left', color: ink('soft') }, axisLine: { show: false },
        axisLabel: { color: ink('soft'), formatter: v => ofDoublings(v).toLocaleString('en') } }),
      series: [
        { type: 'line', data: pareto.map(xy), silent: true, symbol: 'none', z: 1,
          lineStyle: { width: 9, color: ink('accent'), opacity: 0.16, cap: 'round', join: 'round' } },
        ...ordered.map((name, i) => lineOf(name, all, xy, onFront, { plan, today }, !small, shift[i])),
        ...(at ? [{ type: 'scatter', data: [xy(at)], silent: true, symbolSize: 17, z: 5,
          itemStyle: { color: 'transparent', borderColor: ink('ink'), borderWidth: 2 } }] : []),
      ],
    };
  }

  function lineOf(name, all, xy, onFront, { plan, today }, named, shift) {
    const colour = colourOf(plan, today, name);
    const own = all.filter(p => p.plan === name).sort((a, b) => a.batch - b.batch);
    const marked = name === plan;
    return {
      type: 'line', name, symbol: 'circle', symbolSize: marked || name === today ? 8 : 6, z: marked ? 4 : 3,
      lineStyle: { color: colour, width: marked ? 2 : 1.25 },
      endLabel: { show: named, formatter: name === today ? `${short(name)} (today)` : short(name), offset: [0, shift], distance: 8,
        color: colour === ink('other') ? ink('soft') : colour, fontWeight: marked ? 650 : 400 },
      data: own.map(p => ({ value: xy(p), point: p,
        label: { show: marked, formatter: `${p.batch}`, position: 'left', offset: [2, -7], color: colour, distance: 6 },
        itemStyle: onFront.has(p) ? { color: colour } : { color: ink('ground'), borderColor: colour, borderWidth: 1.5 } })),
    };
  }

  function excess(state) {
    const { model, plan, router, batch } = state;
    const title = 'Excess over the certificate, by layer';
    const own = model.judged && verdictOf(model, plan, router, batch);
    const base = model.judged && model.today && verdictOf(model, model.today, router, batch);
    if (!own) {
      section('excess', { title, empty: 'No plan was judged at this batch size under this router.' });
      return;
    }
    const over = v => v.experts.map((experts, i) => experts - v.certificate[i]);
    const lines = [base && { name: model.today, values: over(base), colour: 'today' },
      { name: plan, values: over(own), colour: 'accent' }].filter(Boolean);
    const left = over(own);
    const worst = [...left.keys()].sort((a, b) => left[b] - left[a]).slice(0, 3).sort((a, b) => a - b);
    const share = sum(worst.map(i => left[i])) / Math.max(1e-12, sum(left));
    const mean = sum(left) / left.length;
    const body = el('div', { class: 'chart' });
    section('excess', {
      title,
      finding: [`${plan} leaves ${fixed(mean, 3)} experts a layer above the certificate`,
        base ? `, ${model.today} ${fixed(sum(over(base)) / left.length, 3)}. ` : '. ',
        mean > 0.001 && left.length > 6 ? `Layers ${list(worst.map(i => String(own.layers[i])))} hold ${percent(share, 0)} of it.` : ''],
      body,
      caption: `Distinct experts that the busiest GPU reads beyond what any placement must, at batch ${batch} under router ${router}. `
        + 'A layer on the zero line cannot be placed better; a tall one may be, or its certificate is loose.',
      table: () => ({ head: ['layer', 'certificate', ...lines.flatMap(l => [`${l.name}: cost`, 'excess'])],
        rows: own.layers.map((layer, i) => [layer, fixed(own.certificate[i], 3), ...lines.flatMap(l =>
          [fixed(l.values[i] + own.certificate[i], 3), fixed(l.values[i], 3)])]) }),
    });
    draw(body, 260, `${title}: mean ${fixed(mean, 3)} for ${plan}`, () => ({
      grid: { left: 8, right: Coterie.narrow() ? 12 : 120, top: 34, bottom: 36, containLabel: true },
      tooltip: tooltip({ trigger: 'axis', formatter: items => tip(`layer ${own.layers[items[0].dataIndex]}`,
        ...items.map(item => `${item.seriesName}: ${fixed(item.value, 3)} above ${fixed(own.certificate[item.dataIndex], 3)}`)) }),
      xAxis: axis({ type: 'category', data: own.layers.map(String), name: 'layer', nameLocation: 'middle', nameGap: 26 }),
      yAxis: axis({ type: 'value', name: 'experts above the certificate', nameTextStyle: { align: 'left', color: ink('soft') },
        min: value => Math.min(0, value.min) }),
      series: lines.map(line => ({ type: 'line', name: line.name, data: line.values, symbol: 'circle', symbolSize: 7,
        lineStyle: { color: ink(line.colour), width: line.colour === 'accent' ? 2 : 1.25 },
        itemStyle: { color: ink(line.colour) },
        areaStyle: line.colour === 'accent' ? { color: ink('accent'), opacity: 0.1 } : null,
        endLabel: { show: !Coterie.narrow(), formatter: short(line.name),
          color: ink(line.colour), fontWeight: line.colour === 'accent' ? 650 : 400 } })),
    }));
  }

  return { verdict, sentenceOf, front, excess, best, batches, routers, judgedPlans, planOf, spares, frontOf };
})();
