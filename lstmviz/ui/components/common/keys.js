// Which keys are for a part: Tab and what comes with a modifier are the browser's.

export const hasModifier = (event) => event.ctrlKey || event.altKey || event.metaKey;
