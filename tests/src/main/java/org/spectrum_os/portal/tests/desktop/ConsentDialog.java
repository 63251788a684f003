// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The consent window as a user of accessibility meets it: found by its title, read by its labels, answered by its buttons, with files
 * chosen in its chooser. Used from one thread.
 */
public final class ConsentDialog {
    private static final String TITLE_END = " — Spectrum Portal";
    private static final int MOST_TABS = 60;
    private static final int MOST_ROWS = 20;
    private static final List<String> LIST_ROLES = List.of("tree table", "tree grid", "tree", "table");
    private static final List<String> ENTRY_ROLES = List.of("text box", "text", "entry");
    private static final List<String> CONTENT_CAPTIONS = List.of("Everything that is signed", "How it begins");
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Desktop desktop;
    private final Accessible window;

    private ConsentDialog(Desktop desktop, Accessible window) {
        this.desktop = desktop;
        this.window = window;
    }

    /** The dialog that is on screen, if one is. */
    public static Optional<ConsentDialog> find(Desktop desktop) throws DesktopException {
        for (Accessible application : desktop.accessibility().root().children()) {
            for (Accessible window : application.children()) {
                if (window.name().endsWith(TITLE_END) && window.isShowing()) {
                    return Optional.of(new ConsentDialog(desktop, window));
                }
            }
        }
        return Optional.empty();
    }

    /** Waits for a dialog. */
    public static ConsentDialog await(Desktop desktop, Duration patience) throws DesktopException {
        return Patience.await("a consent window", patience, () -> find(desktop));
    }

    /** Waits until no dialog is on screen. */
    public static void awaitNone(Desktop desktop, Duration patience) throws DesktopException {
        Patience.await(
                "the consent window to go",
                patience,
                () -> desktop.hasWindow(TITLE_END) ? Optional.empty() : Optional.of(true));
    }

    /** The window's title. */
    public String title() {
        return window.name();
    }

    /** Every text that is on screen in the window, from top to bottom. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        collect(window, texts);
        return texts;
    }

    private static void collect(Accessible node, List<String> texts) {
        String name = node.name();
        if (!name.isBlank() && node.role().equals("label")) {
            texts.add(name);
        }
        node.children().forEach(child -> collect(child, texts));
    }

    /** Waits until some text that is on screen contains {@code words}. */
    public void awaitText(String words) throws DesktopException {
        Patience.await(
                "the words “" + words + "” among " + texts(),
                PATIENCE,
                () -> texts().stream().filter(text -> text.contains(words)).findFirst());
    }

    /**
     * The button whose name begins so: {@code Deny}, {@code Lend}, {@code Save}, {@code Replace}, {@code Back}, {@code Block},
     * {@code Sign}, {@code Decrypt}, {@code Log in} or {@code Unmount}.
     */
    public Accessible button(String name) throws DesktopException {
        return one(
                "the button " + name,
                node -> node.role().contains("button") && node.name().startsWith(name));
    }

    private Accessible one(String what, Predicate<Accessible> fits) throws DesktopException {
        return Patience.await(what, PATIENCE, () -> desktop.accessibility().find(window, fits));
    }

    /** Whether the dialog can be answered now. */
    public boolean isArmed() throws DesktopException {
        return button("Deny").isSensitive();
    }

    /** Waits until the dialog can be answered. */
    public ConsentDialog awaitArmed() throws DesktopException {
        Accessible deny = button("Deny");
        Patience.await(
                "the buttons to wake", PATIENCE, () -> deny.isSensitive() ? Optional.of(true) : Optional.empty());
        return this;
    }

    /** Waits until the dialog is armed, and denies. */
    public void deny() throws DesktopException {
        awaitArmed().button("Deny").press();
    }

    /** Waits until the dialog is armed, and lends what is chosen. */
    public void lend() throws DesktopException {
        awaitArmed().button("Lend").press();
    }

    /** Waits until the dialog is armed, and lends the devices that are chosen, unmounting what is mounted. */
    public void unmountAndLend() throws DesktopException {
        awaitArmed().button("Unmount").press();
    }

    /** The USB devices that can be chosen, by what a screen reader calls them, from top to bottom. */
    public List<Accessible> devices() {
        List<Accessible> devices = new ArrayList<>();
        collectDevices(window, devices);
        return devices;
    }

    private static void collectDevices(Accessible node, List<Accessible> devices) {
        if (isChoice(node) && node.name().contains(", port ")) {
            devices.add(node);
        }
        node.children().forEach(child -> collectDevices(child, devices));
    }

    private static boolean isChoice(Accessible node) {
        String role = node.role();
        return role.startsWith("check") || role.startsWith("radio");
    }

    /** The USB device that can be chosen at that port. */
    public Accessible device(String port) throws DesktopException {
        return one("the device at port " + port, node -> node.name().endsWith(", port " + port) && isChoice(node));
    }

    /** Waits until the dialog is armed, and chooses the USB device at that port, or no longer chooses it if it may be one of several. */
    public void chooseDevice(String port) throws DesktopException {
        focusDevice(port);
        desktop.keys("space");
    }

    /** Moves the focus to the USB device at that port: by the arrow keys, which choose as well, where one may be chosen, else by Tab. */
    public void focusDevice(String port) throws DesktopException {
        awaitArmed();
        List<Accessible> all = devices();
        int wanted =
                all.stream().map(Accessible::name).toList().indexOf(device(port).name());
        for (int i = 0; i < MOST_TABS && focused(all) < 0; i++) {
            desktop.keys("shift+Tab");
        }
        int now = focused(all);
        if (now < 0) {
            throw new DesktopException("Shift+Tab does not lead to the devices in:\n" + tree());
        }
        boolean several = texts().stream().anyMatch(text -> text.startsWith("asks to use USB devices"));
        String next = several ? "Tab" : "Down";
        String last = several ? "shift+Tab" : "Up";
        if (now != wanted) {
            desktop.keys(Collections.nCopies(Math.abs(wanted - now), wanted > now ? next : last)
                    .toArray(String[]::new));
        }
        Patience.await(
                "the focus on the device at port " + port,
                PATIENCE,
                () -> focused(all) == wanted ? Optional.of(true) : Optional.empty());
    }

    private static int focused(List<Accessible> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).isFocused()) {
                return i;
            }
        }
        return -1;
    }

    /** Waits until the dialog is armed, and lets what is named be saved. A file that is there is asked about once more. */
    public void save() throws DesktopException {
        awaitArmed().button("Save").press();
    }

    /** Waits until the dialog is armed, and agrees that the file that is there is replaced. */
    public void replace() throws DesktopException {
        awaitArmed().button("Replace").press();
    }

    /** Waits until the dialog is armed, and agrees to the one signature. */
    public void sign() throws DesktopException {
        awaitArmed().button("Sign").press();
    }

    /** Waits until the dialog is armed, and agrees that the one message is decrypted. */
    public void decrypt() throws DesktopException {
        awaitArmed().button("Decrypt").press();
    }

    /** Waits until the dialog is armed, and agrees to the one login. */
    public void logIn() throws DesktopException {
        awaitArmed().button("Log in").press();
    }

    /** The check box that agrees to more than one use of a key. Not there unless the policy offers it. */
    public Accessible again() throws DesktopException {
        return one(
                "the offer not to ask again",
                node -> node.role().startsWith("check") && node.name().startsWith("Do not ask again"));
    }

    /** All that is shown of what is to be signed, also what can be seen only by scrolling. */
    public String content() throws DesktopException {
        return contentView().text();
    }

    /** What shows what is to be signed. */
    public Accessible contentView() throws DesktopException {
        return one(
                "the view of the content",
                node -> CONTENT_CAPTIONS.contains(node.name()) && !node.role().equals("label"));
    }

    /** Waits until the dialog is armed, and lends for changing as well as for reading. */
    public void allowChanges() throws DesktopException {
        awaitArmed();
        desktop.keys("alt+c");
    }

    /** Waits until the dialog is armed, and lends for so long: {@code u}ntil the VM stops, an {@code h}our or {@code a}lways. */
    public void lendFor(char mnemonic) throws DesktopException {
        awaitArmed();
        desktop.keys("alt+" + mnemonic);
    }

    /** Waits until the dialog is armed, and gives the file to save that name in the folder that is shown, or that absolute path. */
    public void name(String name) throws DesktopException {
        awaitArmed();
        desktop.keys("alt+n");
        one("the entry for the name", node -> ENTRY_ROLES.contains(node.role()) && node.isFocused())
                .write(name);
    }

    /** Waits until the dialog is armed, denies, and blocks the instance. */
    public void block() throws DesktopException {
        awaitArmed().button("Block").press();
    }

    /** Waits until the dialog is armed, since its keys are dead before, and moves the focus into the list of files, by Shift+Tab. */
    public void focusFiles() throws DesktopException {
        awaitArmed();
        Accessible files = files();
        for (int i = 0; i < MOST_TABS; i++) {
            if (desktop.accessibility().find(files, Accessible::isFocused).isPresent()) {
                return;
            }
            desktop.keys("shift+Tab");
        }
        throw new DesktopException("Shift+Tab does not lead to the list of files in:\n" + tree());
    }

    /** Moves the focus, by Shift+Tab, to what a screen reader calls {@code name}. The dialog must be armed. */
    public void focus(String name) throws DesktopException {
        awaitArmed();
        for (int i = 0; i < MOST_TABS; i++) {
            if (desktop.accessibility()
                    .find(window, node -> node.name().equals(name) && node.isFocused())
                    .isPresent()) {
                return;
            }
            desktop.keys("shift+Tab");
        }
        throw new DesktopException("Shift+Tab does not lead to “" + name + "” in:\n" + tree());
    }

    /** Sets or clears the check box of that label. */
    public void toggle(String label) throws DesktopException {
        focus(label);
        desktop.keys("space");
    }

    /** Selects the last files of the list, as it is sorted, with the keyboard. */
    public void chooseLast(int count) throws DesktopException {
        focusFiles();
        List<String> keys = new ArrayList<>(List.of("End"));
        keys.addAll(Collections.nCopies(count - 1, "shift+Up"));
        desktop.keys(keys.toArray(String[]::new));
    }

    /** Selects the file of that name in the list of the folder that is shown, with the keyboard; it must be near the top. */
    public void chooseInList(String name) throws DesktopException {
        if (!isChosenInList(name, MOST_ROWS)) {
            throw new DesktopException(
                    "“" + name + "” is not among the first " + MOST_ROWS + " files; the window says: " + texts());
        }
    }

    private boolean isChosenInList(String name, int rows) throws DesktopException {
        focusFiles();
        desktop.keys("Home");
        for (int i = 0; i < rows; i++) {
            if (texts().stream().anyMatch(text -> text.contains("will be able to") && text.contains(name))) {
                return true;
            }
            desktop.keys("Down");
        }
        return false;
    }

    private Accessible files() throws DesktopException {
        // GTK 4.8 draws a tree view without a role of its own, GTK 4.10 and later a column view.
        return one("the list of files", node -> node.name().equals("GtkTreeView") || LIST_ROLES.contains(node.role()));
    }

    /**
     * Chooses a file: in the list, if it is in the folder that is shown; else by typing its path, as a user may with Ctrl+L, which leaves the
     * entry and its suggestions on screen.
     */
    public void choose(Path file) throws DesktopException {
        String[] siblings = file.resolveSibling(".").toFile().list();
        if (siblings != null
                && siblings.length <= MOST_ROWS
                && Files.exists(file)
                && isChosenInList(String.valueOf(file.getFileName()), siblings.length)) {
            return;
        }
        focusFiles();
        desktop.keys("ctrl+l");
        Accessible entry = one("the chooser's entry", node -> ENTRY_ROLES.contains(node.role()) && node.isFocused());
        entry.write(file.toString());
    }

    /** What the window holds, for messages. */
    public String tree() {
        return window.tree();
    }
}
