// Keeps the page of a batch at work, or of a file that is checked, up to date. Without this script the page loads itself again.
const panel = document.querySelector("[data-progress]");
const EVERY = 2000;
const LONGEST_PAUSE = 30000;
const SPOKEN_EVERY = 10000;
let pause = EVERY;
let lastSpoken = 0;

const amount = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");

function show(state) {
  const bar = panel.querySelector("progress");
  if (bar) {
    bar.max = state.total;
    bar.value = state.done;
  }
  for (const place of panel.querySelectorAll("[data-count]")) place.textContent = amount(state[place.dataset.count]);
  for (const place of panel.querySelectorAll("[data-text]")) place.textContent = state[place.dataset.text];
  if (Date.now() - lastSpoken > SPOKEN_EVERY) {
    lastSpoken = Date.now();
    panel.querySelector("[data-announce]").textContent = panel.querySelector("h2").textContent;
  }
}

async function ask() {
  try {
    const answer = await fetch(panel.dataset.progress, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const state = await answer.json();
    show(state);
    pause = EVERY;
    if (state.final || state.state !== panel.dataset.state) return location.reload();
  } catch {
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
  setTimeout(ask, pause);
}

if (panel) setTimeout(ask, EVERY);
