'use strict';
/* Puts the page together: what is chosen, how it was made, light and dark, paper. */
(() => {
  const { data, el, byId, fixed, count, bytes, list, choice, tableOf, text, worth, statistics } = Coterie;
  const AUTO = '';

  const state = {
    model: data.models[0], chosenPlan: AUTO, router: null, batch: null, layer: 0, order: null, load: 0, rank: 'id', union: null,
    set(change) {
      const focused = document.activeElement && document.activeElement.id;
      Object.assign(state, change);
      settle();
      render(focused);
    },
  };

  /* Makes choices that the model has, and the default ones where none was made. */
  function settle() {
    const { model } = state;
    if (model.judged) {
      const routers = worth.routers(model);
      if (!routers.includes(state.router)) state.router = routers.includes('exact') ? 'exact' : routers[0];
      const batches = worth.batches(model, state.router);
      if (!batches.includes(state.batch)) state.batch = batches.includes(16) ? 16 : batches[batches.length >> 1];
      state.plan = worth.judgedPlans(model).some(p => p.name === state.chosenPlan) ? state.chosenPlan
        : worth.best(model, state.router, state.batch) || model.today;
    } else {
      state.batch = state.batch || 16;
      state.plan = model.plans.some(p => p.name === state.chosenPlan) ? state.chosenPlan
        : (model.plans.find(p => p.name !== model.today) || model.plans[0] || { name: null }).name;
    }
  }

  function render(focused) {
    const { model } = state;
    document.title = `${model.name} · Coterie report`;
    byId('subject').textContent = `${data.models.length > 1 ? `${data.models.length} models · ` : ''}${model.name}, `
      + `${model.layers.length} MoE layers of ${model.experts} experts, top ${model.topK} · ${data.at.slice(0, 10)}`;
    controls();
    worth.verdict(state);
    others();
    worth.front(state);
    worth.excess(state);
    statistics.pairs(state);
    statistics.loads(state);
    statistics.unions(state);
    statistics.drift(state);
    statistics.moves(state);
    origin();
    if (focused && byId(focused)) byId(focused).focus({ preventScroll: true });
  }

  function controls() {
    const { model } = state;
    const form = byId('controls');
    const named = data.models.map((m, i) => [i, m.name]);
    const parts = [];
    if (named.length > 1) {
      parts.push(choice('model', 'Model', named, data.models.indexOf(model),
        value => state.set({ model: data.models[value], chosenPlan: AUTO, layer: 0, order: null, load: 0, union: null })));
    }
    if (model.judged) {
      parts.push(choice('plan', 'Plan', [[AUTO, `the best: ${worth.best(model, state.router, state.batch) || '–'}`],
        ...worth.judgedPlans(model).map(p => [p.name, p.name === model.today ? `${p.name} (today)` : p.name])],
      state.chosenPlan, value => state.set({ chosenPlan: value, order: null })));
      parts.push(choice('batch', 'Batch', worth.batches(model, state.router).map(b => [b, b]), state.batch,
        value => state.set({ batch: Number(value) })));
      parts.push(choice('router', 'Router', worth.routers(model).map(r => [r, r]), state.router,
        value => state.set({ router: value })));
    }
    form.hidden = parts.length === 0;
    form.replaceChildren(...parts);
  }

  /* One sentence for each of the other models of the lake. */
  function others() {
    const rest = data.models.filter(m => m !== state.model && m.judged && m.today);
    if (!rest.length) return;
    const sentences = rest.map(m => {
      const router = worth.routers(m).includes('exact') ? 'exact' : worth.routers(m)[0];
      const sizes = worth.batches(m, router);
      const batch = sizes.includes(16) ? 16 : sizes[sizes.length >> 1];
      const words = worth.sentenceOf(m, worth.best(m, router, batch), router, batch);
      return el('li', {}, el('strong', {}, `${m.name}: `), ...words);
    });
    byId('verdict').append(el('ul', { class: 'others' }, sentences));
  }

  const minute = instant => `${instant.slice(0, 16).replace('T', ' ')} UTC`;
  const facts = pairs => el('dl', { class: 'facts' }, pairs.filter(([, value]) => value)
    .flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));

  function origin() {
    const { model } = state;
    const judged = model.judged;
    const plans = model.plans.map(p => [text(p.name), text(p.planner), text(p.router), `${p.gpus} × ${fixed(p.slots / p.gpus, Number.isInteger(p.slots / p.gpus) ? 0 : 1)}`,
      text(p.batches.join(', ')), text(list(p.datasets)), p.seed, count(p.steps), count(p.proposals), text(p.goal)]);
    const sources = model.sources.map(s => [text(s.dataset), text(s.format), count(s.files), bytes(s.bytes), count(s.kept),
      count(s.rejected), count(s.tokens), text(minute(s.last))]);
    byId('origin').replaceChildren(
      el('h2', { id: 'origin-title' }, 'How this was made'),
      facts([
        ['Model', `${model.name}, revision ${model.revision}`],
        ['Today’s plan', model.today],
        ['Judged on', judged && `${list(judged.datasets)}, ${judged.phase}; batches drawn by ${judged.sampler}, seed ${judged.seed}, ${judged.hardware}; ${minute(judged.at)}`],
        ['Made by', `Coterie ${data.coterie}, Spark ${data.spark}, Java ${data.java}, ${minute(data.at)}`],
        ['Left out', model.plansLeftOut ? `${model.plansLeftOut} more plans that were judged` : null],
      ]),
      el('h3', { class: 'part' }, 'Traces'),
      wide('Traces', tableOf([text('data set'), text('format'), 'files', 'size', 'requests', 'rejected', 'tokens', text('ingested')], sources)),
      el('h3', { class: 'part' }, 'Plans'),
      wide('Plans', tableOf([text('plan'), text('planner'), text('router'), 'GPUs × slots', text('batch'), text('planned on'), 'seed', 'steps', 'proposals', text('goal')], plans)),
      el('h3', { class: 'part' }, 'The same again'),
      el('pre', { tabindex: '0' }, commands(model)));
  }

  const wide = (name, table) => el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': name }, table);
  const quoted = word => /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

  function commands(model) {
    const judged = model.judged;
    const lines = [
      ...[...new Set(model.sources.map(s => s.dataset))].map(d => `coterie ingest --model ${quoted(model.name)} --dataset ${quoted(d)} TRACES..`),
      `coterie analyze --model ${quoted(model.name)}`,
      ...model.plans.map(p => p.command).filter(Boolean),
    ];
    if (judged) {
      const sizes = [...new Set(judged.verdicts.map(v => v.batch))].sort((a, b) => a - b).join(',');
      lines.push(`coterie simulate --plans ${worth.judgedPlans(model).map(p => p.name).join(',')} --datasets ${judged.datasets.map(quoted).join(',')} `
        + `--phase ${judged.phase} --batch ${sizes} --router ${worth.routers(model).join(',')} --seed ${judged.seed}`);
    }
    lines.push(`coterie report --out DIR${model.today ? ` --today ${model.today}` : ''}`);
    return lines.join('\n');
  }

  function themes() {
    const root = document.documentElement;
    const system = matchMedia('(prefers-color-scheme: dark)');
    let chosen = null;
    const apply = name => {
      root.dataset.theme = name;
      byId('theme').textContent = name === 'dark' ? 'Light' : 'Dark';
      byId('theme').setAttribute('aria-label', `Switch to ${name === 'dark' ? 'light' : 'dark'} colours`);
    };
    const current = () => chosen || (system.matches ? 'dark' : 'light');
    apply(current());
    const change = () => { apply(current()); Coterie.redraw(); };
    system.addEventListener('change', change);
    byId('theme').addEventListener('click', () => {
      chosen = current() === 'dark' ? 'light' : 'dark';
      change();
    });
    window.addEventListener('beforeprint', () => { apply('light'); paper(true); });
    window.addEventListener('afterprint', () => { apply(current()); paper(false); });
  }

  /* Charts have the width of a sheet while the page is printed. */
  function paper(on) {
    document.querySelectorAll('.chart').forEach(node => {
      const square = node.classList.contains('square');
      const width = square ? '370px' : node.closest('.wide-left') ? '270px' : '660px';
      node.style.width = on ? width : '';
      if (square && on) node.dataset.height = node.style.height;
      if (square) node.style.height = on ? width : node.dataset.height;
    });
    Coterie.charts.forEach(entry => entry.chart.resize());
    Coterie.redraw();
  }

  themes();
  settle();
  render();
  document.documentElement.dataset.ready = 'true';
})();
