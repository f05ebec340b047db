"use client";

import { WindowButton } from "./window-button.tsx";

type CaseButtonsProps = {
  caseId: number;
  /** What the case is about, for a screen reader that hears the button alone. */
  about: string;
  /** What taking over the gateway's word is called here; null where there is nothing to take over. */
  adoptLabel: string | null;
  /** True where nobody here is known to have made the payment that would be taken over. */
  asksWhose: boolean;
  canDismiss: boolean;
};

const loadConfirm = async () => (await import("./confirm-window.tsx")).ConfirmWindow;

const whose = {
  name: "user_email",
  label: "E-mail of the customer",
  hint: "A new order is made for them. They must have an account.",
  missing: "Say whose payment this is.",
};

/** Ends a case: by taking over what the gateway says now, or with a note that nothing has to be done. */
export function CaseButtons(props: CaseButtonsProps) {
  const { caseId, about, adoptLabel, asksWhose, canDismiss } = props;
  const path = `/api/payment/cases/${caseId}/resolve/`;
  return (
    <>
      {adoptLabel === null ? null : (
        <WindowButton
          label={adoptLabel}
          name={`${adoptLabel}: ${about}`}
          variant="secondary"
          size="small"
          loadWindow={loadConfirm}
          windowProps={{
            title: "Take over what the gateway says",
            description: about,
            consequence:
              "The gateway is asked again now, and what it says then is written into these books. A refund, capture or release of ours that never arrived there is sent again, once.",
            confirm: "Ask and take over",
            confirming: "Asking…",
            tone: "solid" as const,
            path,
            body: { resolution: "adopted" },
            fields: [
              ...(asksWhose ? [whose] : []),
              { name: "note", label: "Note", hint: "For the audit log.", missing: null },
            ],
            what: "take it over",
            nothing: "Nothing was changed.",
            done: {
              title: "Taken over",
              text: "These books say now what the gateway says. The case is closed.",
            },
            pending: { title: "Under way", text: "The gateway is being asked." },
          }}
        />
      )}
      {canDismiss ? (
        <WindowButton
          label="Dismiss"
          name={`Dismiss: ${about}`}
          variant="ghost"
          size="small"
          loadWindow={loadConfirm}
          windowProps={{
            title: "Dismiss",
            description: about,
            consequence:
              "The case is closed and nothing else is changed. Your note stays in the audit log.",
            confirm: "Dismiss the case",
            confirming: "Dismissing…",
            tone: "solid" as const,
            path,
            body: { resolution: "dismissed" },
            fields: [
              {
                name: "note",
                label: "Why nothing has to be done",
                hint: "For those who find this later.",
                missing: "Say why nothing has to be done.",
              },
            ],
            what: "dismiss it",
            nothing: "The case is still open.",
            done: { title: "Dismissed", text: "The case is closed." },
            pending: { title: "Under way", text: "It is being closed." },
          }}
        />
      ) : null}
    </>
  );
}
