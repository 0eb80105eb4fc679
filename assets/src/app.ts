// What script adds to pages that work without it: copying, questions before what cannot be undone, the place of the
// first error, one send per click. htmx renews parts of a page that say so.
import "htmx.org";
import { passkeys } from "./passkey";
import { uploads } from "./upload";

function each<T extends Element>(root: ParentNode, selector: string, f: (e: T) => void): void {
  if (root instanceof Element && root.matches(selector)) f(root as unknown as T);
  root.querySelectorAll<T>(selector).forEach(f);
}

function enliven(root: ParentNode): void {
  each<HTMLButtonElement>(root, "button[data-copy]", (b) => { b.hidden = false; });
  each<HTMLElement>(root, "[data-focus]", (e) => e.focus());
  each<HTMLElement>(root, ".table-wrap", reachable);
}

// A table that is wider than its place, without a link in it, must be reached by the keyboard to be scrolled.
function reachable(wrap: HTMLElement): void {
  if (wrap.scrollWidth <= wrap.clientWidth || wrap.querySelector("a, button")) return;
  wrap.tabIndex = 0;
  wrap.setAttribute("role", "region");
  wrap.setAttribute("aria-label", wrap.querySelector("caption")?.textContent ?? "");
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const said = button.querySelector("span");
  const before = said?.textContent ?? "";
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  if (!said) return;
  said.textContent = button.dataset.done ?? before;
  setTimeout(() => { said.textContent = before; }, 2000);
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element | null)?.closest<HTMLButtonElement>("button[data-copy]");
  if (button) void copy(button);
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.hasAttribute("data-confirm") && !window.confirm(form.dataset.question ?? "")) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  // After this event, or the button's own value would not be sent.
  setTimeout(() => each<HTMLButtonElement>(form, "button[type=submit]", (b) => { b.disabled = true; }), 0);
});

// A page that comes back from the browser's memory must not keep its buttons off.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) each<HTMLButtonElement>(document, "form[method=post] button[type=submit]", (b) => { b.disabled = false; });
});

document.addEventListener("htmx:after:swap", (event) => enliven(event.target as Element));
enliven(document);
passkeys(document);
uploads(document);
