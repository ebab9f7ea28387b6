'use strict';
/* What all charts share: the data, text and numbers, colours, tables, and the life of a chart. */
window.Coterie = (() => {
  const errors = [];
  const noteError = text => {
    errors.push(text);
    document.documentElement.dataset.errors = errors.join('\n');
  };
  window.addEventListener('error', event => noteError(event.message));

  const data = JSON.parse(document.getElementById('data').textContent);

  /* Builds an element; strings become text, never markup. */
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === 'class') node.className = value;
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.flat().filter(child => child !== null && child !== undefined));
    return node;
  }

  const byId = id => document.getElementById(id);
  const sum = values => values.reduce((total, value) => total + value, 0);
  const fixed = (value, digits) =>
    value === null || value === undefined || !Number.isFinite(value) ? '–'
      : (value < 0 ? '−' : '') + Math.abs(value).toLocaleString('en', {
        minimumFractionDigits: digits, maximumFractionDigits: digits });
  const percent = (fraction, digits = 1) => `${fixed(100 * fraction, digits)} %`;
  const count = value => fixed(value, 0);
  const times = doublings => {
    const ratio = 2 ** doublings;
    return `${fixed(ratio, ratio < 0.1 ? 2 : ratio < 10 ? 1 : 0)} ×`;
  };
  const bytes = value => {
    if (value === null) return 'unknown bytes';
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit++; }
    return `${fixed(value, value < 10 && unit > 0 ? 1 : 0)} ${units[unit]}`;
  };
  const list = names => names.length < 2 ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many || one + 's'}`;

  function decode(base64) {
    const text = atob(base64);
    return Uint8Array.from(text, character => character.charCodeAt(0));
  }

  const ink = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
  const narrow = () => document.documentElement.clientWidth < 560;

  /* Tooltips are markup in ECharts: everything in them is escaped here. */
  const escape = text => String(text).replace(/[&<>"']/g,
    c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);
  const tip = (...lines) => lines.filter(Boolean).map(escape).join('<br>');

  const charts = new Map();

  /* Draws what option() says now and again whenever colours or sizes change. */
  function draw(node, height, label, option, dense) {
    node.style.height = `${height}px`;
    node.setAttribute('role', 'img');
    node.setAttribute('aria-label', label);
    const renderer = dense ? 'canvas' : 'svg';
    forgetReplaced();
    let entry = charts.get(node);
    if (entry && entry.renderer !== renderer) {
      forget(entry, node);
      entry = null;
    }
    if (!entry) {
      const chart = echarts.init(node, null, { renderer });
      const observer = new ResizeObserver(() => node.isConnected && node.clientWidth > 0 && chart.resize());
      entry = { chart, renderer, observer };
      charts.set(node, entry);
      observer.observe(node);
    }
    entry.option = option;
    entry.chart.resize();
    refresh(entry);
  }

  function forget(entry, node) {
    entry.observer.disconnect();
    entry.chart.dispose();
    charts.delete(node);
  }

  const forgetReplaced = () => charts.forEach((entry, node) => {
    if (!node.isConnected) forget(entry, node);
  });

  function refresh(entry) {
    entry.chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: FONT, color: ink('soft'), fontSize: 12 },
      ...entry.option(),
    }, true);
  }

  function onClick(node, act) {
    const { chart } = charts.get(node);
    chart.off('click');
    chart.on('click', act);
  }

  const redraw = () => charts.forEach(refresh);

  const axis = more => ({
    axisLine: { lineStyle: { color: ink('line') } },
    axisTick: { show: false },
    axisLabel: { color: ink('soft'), fontSize: 12 },
    splitLine: { lineStyle: { color: ink('line'), opacity: 0.6 } },
    nameTextStyle: { color: ink('soft'), fontSize: 12 },
    ...more,
  });
  const tooltip = more => ({
    backgroundColor: ink('ground'), borderColor: ink('line'), borderWidth: 1, padding: [6, 10],
    textStyle: { color: ink('ink'), fontSize: 13, fontFamily: FONT }, confine: true,
    extraCssText: 'box-shadow:0 2px 10px rgba(0,0,0,.18)', ...more,
  });
  const diverging = reach => ({
    show: false, min: -reach, max: reach, dimension: 2,
    inRange: { color: [ink('low'), ink('middle'), ink('high')] },
  });

  /* A section: title, what was found, controls of its own, chart, what to see, the data. */
  function section(id, parts) {
    const host = byId(id);
    host.replaceChildren(
      el('h2', { id: `${id}-title` }, parts.title),
      ...(parts.finding ? [el('p', { class: 'finding' }, ...[].concat(parts.finding))] : []),
      ...(parts.own ? [el('div', { class: 'own' }, ...parts.own)] : []),
      parts.empty
        ? el('p', { class: 'empty' }, ...[].concat(parts.empty))
        : el('figure', {}, ...[].concat(parts.body), el('figcaption', {}, ...[].concat(parts.caption))),
      ...(parts.table && !parts.empty ? [dataOf(parts.table)] : []));
    return host;
  }

  /* The data of a chart as a table, built when it is opened. */
  function dataOf(table, title = 'The data as a table') {
    const details = el('details', {}, el('summary', {}, title));
    details.addEventListener('toggle', () => {
      if (details.open && details.children.length === 1) {
        const { head, rows } = table();
        details.append(el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
          tableOf(head, rows)));
      }
    });
    return details;
  }

  /* Columns whose head starts with a letter hint: text() marks a column of words. */
  const text = value => ({ text: value });
  function tableOf(head, rows, kind) {
    const cell = (tag, value) => value && value.text !== undefined
      ? el(tag, { class: 'text', scope: tag === 'th' ? 'col' : null }, value.text)
      : el(tag, { scope: tag === 'th' ? 'col' : null, class: value && value.bad ? 'bad' : null },
        value && value.bad !== undefined ? value.value : String(value));
    return el('table', { class: kind || null },
      el('thead', {}, el('tr', {}, head.map(name => cell('th', name)))),
      el('tbody', {}, rows.map(row => el('tr', {}, row.map(value => cell('td', value))))));
  }

  /* A labelled choice; options are [value, words]. */
  function choice(name, words, options, chosen, change) {
    const select = el('select', { name, id: `choose-${name}` },
      options.map(([value, shown]) =>
        el('option', { value, selected: String(value) === String(chosen) ? '' : null }, shown)));
    select.addEventListener('change', () => change(select.value));
    return el('label', { for: `choose-${name}` }, words, select);
  }

  return { data, el, byId, sum, fixed, percent, count, times, bytes, list, plural, decode, ink, narrow,
    tip, draw, onClick, redraw, charts, axis, tooltip, diverging, section, tableOf, text, choice, noteError };
})();
