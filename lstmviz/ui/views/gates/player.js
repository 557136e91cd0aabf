// Stands beside a plotly figure with players: says whether its room is narrow, lets each player go on from its own
// place, steps by keys, and shows the same frames again when the figure is drawn anew. Without it the players still play.

const NARROW = 560; // pixels
const BUTTONS = 3; // play, play fast, pause
const PAUSE = 2;
const TIME = 0; // the players, from the top
const TRAINING = 1;
const AT_ONCE = { mode: "immediate", frame: { duration: 0, redraw: true }, transition: { duration: 0 } };

// Plotly rejects the promise of an animation that is stopped, and nobody is there to catch it.
window.addEventListener("unhandledrejection", (event) => {
  if (event.reason === undefined && document.querySelector(".js-plotly-plot .slider-container")) event.preventDefault();
});

export default function ({ data, setStateValue }) {
  const room = document.querySelector(`.st-key-${data.room}`);
  if (!room) return;
  let told = data.narrow;
  const measure = () => {
    const narrow = room.clientWidth < NARROW;
    if (room.clientWidth && narrow !== told) setStateValue("narrow", (told = narrow));
  };
  const find = () => {
    const figure = room.querySelector(".js-plotly-plot");
    if (figure?.querySelector(".updatemenu-button") && figure._transitionData._frames.length) adopt(figure, data);
  };
  const resized = new ResizeObserver(measure);
  const changed = new MutationObserver(find);
  resized.observe(room);
  changed.observe(room, { childList: true, subtree: true });
  find();
  return () => {
    resized.disconnect();
    changed.disconnect();
  };
}

function adopt(figure, data) {
  const known = figure.__players;
  figure.__players = data;
  figure.setAttribute("aria-label", data.keys);
  if (!known) {
    figure.tabIndex = 0;
    figure.setAttribute("role", "group");
    figure.addEventListener("click", (event) => goOn(figure, event), true);
    figure.addEventListener("keydown", (event) => key(figure, event));
    figure.on("plotly_animatingframe", ({ name }) => name && remember(figure.layout.meta, name));
    // One that is given anew is drawn in place, and until that is done its sliders follow no frame: only then.
    figure.on("plotly_afterplot", () => restore(figure));
    restore(figure);
  }
}

const names = (figure, player) => figure._fullLayout.sliders[player].steps.map((step) => step.value);
const place = (figure, player) => figure._fullLayout.sliders[player].active;
const isPlaying = (figure) => figure._transitionData._frameQueue?.length > 0; // none before the first frame

// The pages share what is selected: `views/cell/player/state.js` has the other half.
function remember({ experiment, start }, frame) {
  const [what, number] = frame.split(" ");
  const before = globalThis.lstmvizSelection;
  const kept = before?.experiment === experiment ? before : {};
  const moved = { [what === "step" ? "t" : "epoch"]: Number(number) };
  globalThis.lstmvizSelection = { ...kept, ...moved, experiment, url: { ...kept.url, ...start } };
}

// A figure that was given anew shows what is selected, unless the URL has said something else since then.
function restore(figure) {
  if (figure.__given === figure.layout.sliders) return;
  figure.__given = figure.layout.sliders;
  const { experiment, start } = figure.layout.meta; // of this figure: what is given beside it may come later
  const selection = globalThis.lstmvizSelection;
  if (selection?.experiment !== experiment || selection.url?.t !== start.t || selection.url?.epoch !== start.epoch) return;
  const known = figure._transitionData._frameHash;
  const frames = [`step ${selection.t}`, `epoch ${selection.epoch}`].filter((frame) => frame in known);
  forget(figure);
  // In one call: of two, the second takes the place of the first where an animation is under way.
  if (frames.length) animate(figure, [frames, AT_ONCE]);
}

// A slider follows a frame only if the name is another than that of the last one, and remembers that name also when it
// is given anew, at another place: let it see that there is none.
function forget(figure) {
  figure._fullLayout._currentFrame = null;
  figure.emit("plotly_redraw");
}

// Plotly goes on from the frame that was shown last, whichever player showed it: tell it the one of this player.
function goOn(figure, event) {
  const button = event.target.closest(".updatemenu-button");
  if (!button) return;
  const number = [...figure.querySelectorAll(".updatemenu-button")].indexOf(button);
  const player = Math.floor(number / BUTTONS);
  if (number % BUTTONS !== PAUSE) figure._fullLayout._currentFrame = names(figure, player)[place(figure, player)];
}

const buttonOf = (figure, player, number) => figure.querySelectorAll(".updatemenu-button")[player * BUTTONS + number];

function press(figure, player, number) {
  buttonOf(figure, player, number).dispatchEvent(new MouseEvent("click", { bubbles: true }));
}

// Plotly's own functions are out of reach here. A pressed button calls one with the arguments that it has, so the pause
// button lends itself for one press.
function animate(figure, args) {
  const pause = buttonOf(figure, TIME, PAUSE).__data__; // what plotly bound to the button
  const own = pause.args;
  pause.args = args;
  press(figure, TIME, PAUSE);
  pause.args = own;
}

function show(figure, player, step) {
  animate(figure, figure._fullLayout.sliders[player].steps[step].args);
}

function key(figure, event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const stride = event.shiftKey ? figure.__players.period : 1;
  const moves = { ArrowLeft: [TIME, -stride], ArrowRight: [TIME, stride], Home: [TIME, -Infinity], End: [TIME, Infinity],
    ArrowDown: [TRAINING, -1], ArrowUp: [TRAINING, 1] };
  if (event.key in moves) {
    const [player, by] = moves[event.key];
    const last = names(figure, player).length - 1;
    show(figure, player, Math.min(Math.max(place(figure, player) + by, 0), last));
  } else if (event.key === " ") {
    press(figure, event.shiftKey ? TRAINING : TIME, isPlaying(figure) ? PAUSE : 0);
  } else if (event.key === "Escape") press(figure, TIME, PAUSE);
  else return;
  event.preventDefault();
}
