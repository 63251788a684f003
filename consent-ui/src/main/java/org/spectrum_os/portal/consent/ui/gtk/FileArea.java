// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import io.github.jwharm.javagi.base.GErrorException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gnome.gio.File;
import org.gnome.gio.ListModel;
import org.gnome.gio.SimpleAction;
import org.gnome.gio.SimpleActionGroup;
import org.gnome.gobject.GObject;
import org.gnome.gtk.Box;
import org.gnome.gtk.ColumnView;
import org.gnome.gtk.FileChooserAction;
import org.gnome.gtk.FileChooserWidget;
import org.gnome.gtk.FileFilter;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Overflow;
import org.gnome.gtk.PolicyType;
import org.gnome.gtk.ScrolledWindow;
import org.gnome.gtk.TreeView;
import org.gnome.gtk.Widget;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.ui.Globs;
import org.spectrum_os.portal.consent.ui.Wording;

/** Where files are chosen: GTK's chooser inside our window. It begins in the host's folder, whatever the guest would like. */
@SuppressWarnings("deprecation") // the successor, FileDialog, opens a window that is not ours
final class FileArea {
    private static final int LEAST_HEIGHT = 180;

    private final Box box = new Box(Orientation.VERTICAL, 0);
    private final ScrolledWindow scroll = new ScrolledWindow();
    private FileChooserWidget chooser = chooser(FileChooserAction.OPEN);
    private final List<FileFilter> filters = new ArrayList<>();
    private Path startFolder;
    private Purpose purpose = new Purpose.OpenFiles(true);
    private boolean arrived;
    private boolean wandered;

    /** {@code activated} is called when a file is double-clicked, or Return pressed on it. */
    FileArea(Path startFolder, Runnable activated) {
        this.startFolder = startFolder;
        go();
        // The chooser activates the window's default widget, which is Deny. An action of the same name nearer to it
        // comes first.
        var activate = new SimpleAction("activate", null);
        activate.onActivate(parameter -> Fatal.guard(activated));
        var actions = new SimpleActionGroup();
        actions.addAction(activate);
        box.insertActionGroup("default", actions);
        // The chooser alone would be too high for a small screen, with all that may stand below it.
        scroll.setPolicy(PolicyType.NEVER, PolicyType.AUTOMATIC);
        scroll.setMinContentHeight(LEAST_HEIGHT);
        scroll.setPropagateNaturalHeight(true);
        scroll.setChild(chooser);
        box.append(scroll);
        box.addCssClass("files");
        box.setOverflow(Overflow.HIDDEN);
    }

    private static FileChooserWidget chooser(FileChooserAction action) {
        var chooser = new FileChooserWidget(action);
        chooser.setVexpand(true);
        chooser.setHexpand(true);
        chooser.setCreateFolders(false);
        return chooser;
    }

    /**
     * Takes another chooser. The one that is there may still be reading its folder: sent to another meanwhile, it brings up a window of
     * GTK's above ours, and made one for saving, it forgets the name.
     */
    private void take(FileChooserAction action) {
        chooser = chooser(action);
        scroll.setChild(chooser);
        go();
    }

    private void go() {
        try {
            chooser.setCurrentFolder(File.newForPath(startFolder.toString()));
        } catch (GErrorException e) {
            throw new IllegalArgumentException("cannot start in the folder " + startFolder, e);
        }
    }

    Widget widget() {
        return box;
    }

    /** Prepares for a question. Called once, before the area is shown. {@code from} is the user's own folder, never the guest's. */
    void ask(FileQuestion question, Path from) {
        purpose = question.purpose();
        boolean moved = !from.equals(startFolder);
        startFolder = from;
        switch (purpose) {
            case Purpose.OpenFiles(boolean multiple) -> {
                if (moved) {
                    take(FileChooserAction.OPEN);
                }
                chooser.setSelectMultiple(multiple);
            }
            case Purpose.OpenFolders(boolean multiple) -> {
                take(FileChooserAction.SELECT_FOLDER);
                chooser.setSelectMultiple(multiple);
            }
            case Purpose.SaveFile(String name) -> {
                take(FileChooserAction.SAVE);
                chooser.setCreateFolders(true);
                chooser.setCurrentName(name);
            }
            case Purpose.SaveFiles _ -> {
                take(FileChooserAction.SELECT_FOLDER);
                chooser.setCreateFolders(true);
            }
        }
        for (FileQuestion.FilterRow row : question.filters()) {
            var filter = new FileFilter();
            filter.setName(Wording.row(row.name()));
            row.globs().forEach(glob -> filter.addPattern(Globs.ignoringCase(glob)));
            row.mimes().forEach(filter::addMimeType);
            filters.add(filter);
            chooser.addFilter(filter);
        }
        if (!filters.isEmpty()) {
            Integer current = question.currentFilter();
            chooser.setFilter(filters.get(current == null ? 0 : current));
        }
    }

    /**
     * The absolute paths of what is selected, in the order shown: what is to be opened, the file to save, or the folder to save into.
     * What has no path on this machine is left out.
     */
    List<String> selected() {
        if (purpose instanceof Purpose.SaveFile
                && String.valueOf(chooser.getCurrentName()).isBlank()) {
            return List.of();
        }
        List<String> paths = new ArrayList<>();
        ListModel<?> files = chooser.getFiles();
        int count = files == null ? 0 : files.getNItems();
        for (int i = 0; i < count; i++) {
            GObject item = files.getItem(i);
            if (item != null) {
                String path = (item instanceof File known ? known : new File.FileImpl(item.handle())).getPath();
                if (path != null) {
                    paths.add(path);
                }
            }
        }
        return purpose instanceof Purpose.OpenFolders && isOnlyWhereItBegan(paths) ? List.of() : paths;
    }

    /**
     * Whether the chooser names the folder that it is in just because no other is selected, and the user has not gone there himself:
     * nothing may be selected before he has selected it.
     */
    private boolean isOnlyWhereItBegan(List<String> paths) {
        File folder = chooser.getCurrentFolder();
        String here = folder == null ? null : folder.getPath();
        if (here != null) {
            boolean atStart = here.equals(startFolder.toString());
            wandered |= arrived && !atStart;
            arrived |= atStart;
        }
        return !wandered && paths.size() == 1 && paths.getFirst().equals(here);
    }

    /** Takes back what GTK has selected by itself, as it does with the first file of a folder that it has just read. */
    void selectNothing() {
        if (!purpose.saves() && !selected().isEmpty()) {
            unselect(chooser);
        }
    }

    /** The chooser has no call for it: its list is a tree view, from GTK 4.10 on a column view. */
    private static void unselect(Widget widget) {
        switch (widget) {
            case TreeView list -> list.getSelection().unselectAll();
            case ColumnView list -> {
                if (list.getModel() != null) {
                    list.getModel().unselectAll();
                }
            }
            default -> {
                for (Widget child = widget.getFirstChild(); child != null; child = child.getNextSibling()) {
                    unselect(child);
                }
            }
        }
    }

    /** Goes back to the folder that was shown when {@link #leave} was called. To be called before the area is shown again. */
    void comeBack() {
        go();
    }

    /** Keeps the folder that is shown. GTK's chooser forgets it while it is off the screen. */
    void leave() {
        File folder = chooser.getCurrentFolder();
        String here = folder == null ? null : folder.getPath();
        if (here != null) {
            startFolder = Path.of(here);
        }
    }

    /** The index of the filter in force, or null if the question had none. */
    @Nullable
    Integer filter() {
        if (filters.isEmpty()) {
            return null;
        }
        FileFilter current = chooser.getFilter();
        for (int i = 0; i < filters.size(); i++) {
            if (current != null
                    && filters.get(i).handle().address() == current.handle().address()) {
                return i;
            }
        }
        throw new IllegalStateException("the chooser has a filter that it was not given");
    }
}
