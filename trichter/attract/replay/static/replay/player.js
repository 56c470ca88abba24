/* Plays a recording inside its own frame. */
(() => {
  const state = document.getElementById("state"), target = document.getElementById("player");
  fetch(target.dataset.events).then((answer) => {
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }).then((events) => {
    events.sort((one, other) => one.timestamp - other.timestamp);
    if (events.length < 2 || !events.some((one) => one.type === 2)) {
      state.textContent = state.dataset.empty;
      return;
    }
    state.hidden = true;
    const Player = window.rrwebPlayer.default || window.rrwebPlayer.Player || window.rrwebPlayer;
    window.trichterPlayer = new Player({
      target,
      props: {
        events, autoPlay: false, showController: true, skipInactive: true, mouseTail: false, UNSAFE_replayCanvas: false,
        width: Math.min(1200, window.innerWidth - 16), height: Math.max(240, window.innerHeight - 110),
      },
    });
  }).catch(() => { state.textContent = state.dataset.failed; });
})();
