// The start: what needs no data at once, the rest when the page has been painted.

document.documentElement.classList.add("scripted");
followLinks();
sortTables();
pickPictures();
offerThemes();
followReading();
unfoldForPaper();
listeners.forEach((listener) => listener());
requestAnimationFrame(() => setTimeout(async () => {
  await readData();
  showAnswers();
  offerService();
  offerPrices();
  goToView();
  document.documentElement.dataset.ready = "true";
  // The first search finds its texts made ready.
  window.requestIdleCallback?.(() => data.order.forEach(searchable));
}));
