// Times grow older while a page is open.
const tellTimes = () => {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
    if (minutes < 0 || minutes >= 24 * 60) continue;
    time.textContent = minutes < 1 ? "just now" : minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
  }
};
setInterval(tellTimes, 60000);
