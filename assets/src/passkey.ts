// Passkeys: a form with data-passkey carries the server's question; the browser asks the device, the answer goes into
// the form's hidden field and the form is sent as any other. Without script, or without passkeys, the form stays hidden.
type Json = Record<string, any>;

const bytes = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer;
const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list: Json[] | undefined): Json[] => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options: Json): Promise<Json> {
  const made = (await navigator.credentials.create({ publicKey: {
    ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: named(options.excludeCredentials),
  } as PublicKeyCredentialCreationOptions })) as PublicKeyCredential;
  const answer = made.response as AuthenticatorAttestationResponse;
  return { attestationObject: text(answer.attestationObject), clientDataJSON: text(answer.clientDataJSON), transports: answer.getTransports?.() ?? [], of: made };
}

async function ask(options: Json): Promise<Json> {
  const found = (await navigator.credentials.get({ publicKey: {
    ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials),
  } as PublicKeyCredentialRequestOptions })) as PublicKeyCredential;
  const answer = found.response as AuthenticatorAssertionResponse;
  return {
    authenticatorData: text(answer.authenticatorData), clientDataJSON: text(answer.clientDataJSON), signature: text(answer.signature),
    userHandle: answer.userHandle ? text(answer.userHandle) : undefined, of: found,
  };
}

async function run(form: HTMLFormElement): Promise<void> {
  const said = form.querySelector<HTMLElement>("[data-failed]");
  if (said) said.hidden = true;
  try {
    const options = JSON.parse(form.dataset.options ?? "{}").publicKey as Json;
    const { of, ...response } = form.dataset.passkey === "create" ? await create(options) : await ask(options);
    const key = of as PublicKeyCredential;
    form.querySelector<HTMLInputElement>("input[name=response]")!.value = JSON.stringify({
      id: key.id, rawId: text(key.rawId), type: key.type, authenticatorAttachment: key.authenticatorAttachment ?? undefined,
      clientExtensionResults: key.getClientExtensionResults(), response,
    });
    form.submit();
  } catch {
    if (said) said.hidden = false; // the person went back, or the device has no such key
  }
}

export function passkeys(root: ParentNode): void {
  if (!window.PublicKeyCredential || !window.isSecureContext) return;
  root.querySelectorAll<HTMLFormElement>("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.querySelector("button")?.addEventListener("click", () => void run(form));
    document.querySelectorAll<HTMLElement>("[data-no-passkey]").forEach((e) => { e.hidden = true; });
  });
}
