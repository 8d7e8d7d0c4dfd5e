'use strict';
const form = document.querySelector('.filters');
const scenarios = [...document.querySelectorAll('.scenario')];

function apply() {
  const wanted = Object.fromEntries(new FormData(form));
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const scenario of scenarios) {
    const { outcome, connector, area, text } = scenario.dataset;
    const fits =
      (!wanted.outcome || outcome === wanted.outcome) &&
      (!wanted.connector || connector === wanted.connector) &&
      (!wanted.area || area === wanted.area) &&
      words.every((word) => text.includes(word));
    scenario.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  form.elements.count.value = `${shown} of ${scenarios.length}`;
}

form.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
// The fields are empty only after the event.
form.addEventListener('reset', () => setTimeout(apply));

document.querySelector('.matrix').addEventListener('click', (event) => {
  const link = event.target.closest('[data-filter]');
  if (!link) return;
  event.preventDefault();
  form.elements.text.value = link.dataset.filter;
  form.elements.connector.value = link.dataset.connector ?? '';
  form.elements.outcome.value = '';
  form.elements.area.value = '';
  apply();
  form.scrollIntoView({ behavior: 'smooth' });
});

apply();
