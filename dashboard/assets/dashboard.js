// The pages work without this script; with it, forms answer in place.

/** Replaces the part of the page that a form fills by the one in the server's answer. */
async function answerInPlace(form, submitter) {
  const target = document.getElementById(form.dataset.live ?? '');
  if (target === null) return;
  const data = new FormData(form, submitter);
  const url = new URL(form.action);
  const isGet = form.method === 'get';
  if (isGet) {
    data.delete('partial');
    url.search = new URLSearchParams(data).toString();
  }
  running.get(form)?.abort();
  const controller = new AbortController();
  running.set(form, controller);
  const progress = form.querySelector('progress');
  if (progress !== null) progress.hidden = false;
  target.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch(url, {
      method: isGet ? 'GET' : 'POST',
      headers: { accept: 'text/html' },
      signal: controller.signal,
      ...(isGet ? {} : { body: data }),
    });
    const answer = new DOMParser().parseFromString(await response.text(), 'text/html');
    const part = answer.getElementById(target.id);
    if (part === null) target.textContent = answer.querySelector('main')?.textContent ?? 'The server gave no answer.';
    else target.replaceChildren(...part.childNodes);
    if (isGet) history.replaceState(null, '', url);
  } catch (error) {
    if (error.name === 'AbortError') return;
    target.textContent = 'The server does not answer. Is `monitor serve` still at work?';
  } finally {
    if (running.get(form) === controller) {
      running.delete(form);
      target.removeAttribute('aria-busy');
      if (progress !== null) progress.hidden = true;
    }
  }
}

/** The request that is under way for each form. */
const running = new Map();

document.addEventListener('submit', (event) => {
  const form = event.target;
  // A download is the browser's own work.
  if (!form.matches('form[data-live]') || event.submitter?.dataset.download !== undefined) return;
  event.preventDefault();
  void answerInPlace(form, event.submitter);
});

// A slider shows its value at once, and what follows from it as soon as it rests.
let resting;
document.addEventListener('input', (event) => {
  const slider = event.target;
  if (slider.type !== 'range') return;
  const output = slider.form?.querySelector(`output[for="${slider.id}"]`);
  if (output) output.textContent = Number(slider.value).toFixed(2);
  clearTimeout(resting);
  resting = setTimeout(() => slider.form?.requestSubmit(), 120);
});

// A click into a brand's chart opens the day beneath it. The table of days does the same for keyboards.
document.addEventListener('click', (event) => {
  const chart = event.target.closest('[data-days]');
  const svg = event.target.closest('svg');
  if (chart === null || svg === null) return;
  const { from, to, left, right, days } = chart.dataset;
  const box = svg.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
  const width = svg.viewBox.baseVal.width - Number(left) - Number(right);
  const day = Number(from) + Math.floor(((x - Number(left)) / width) * (Number(to) - Number(from) + 1));
  if (day < Number(from) || day > Number(to)) return;
  location.assign(`${days}/${new Date(day * 86_400_000).toISOString().slice(0, 10)}`);
});
