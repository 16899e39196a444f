// The page Now, kept up to date: its main part is fetched again while somebody looks at it, and not using it.
"use strict";
const EVERY = 15000;
setInterval(async () => {
  const shown = document.getElementById("now");
  if (document.hidden || shown.contains(document.activeElement) || String(getSelection())) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("now");
    if (!fresh) return;
    localise(fresh);
    shown.replaceWith(document.adoptNode(fresh));
  } catch {
    // The next look may be luckier; the page says as of when it is.
  }
}, EVERY);
